package freshet.engines.libtorch;

import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.MemPool;
import org.bytedeco.pytorch.cuda.StreamFilter;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Captures a body as a CUDA graph. What the body allocates comes from a pool of the recording's own
 * and stays referenced, because the graph holds its addresses.
 */
final class CudaGraphRecorder implements Recorder {

    /** Holds pool addresses for good: takes what every stream allocates, autograd's too. */
    private static final class EveryStream extends StreamFilter {
        @Override
        public boolean call(Pointer stream) {
            return true;
        }
    }

    private final CudaDevice device;

    CudaGraphRecorder(CudaDevice device) {
        this.device = device;
    }

    @Override
    public Recording record(Runnable body) {
        return new Captured(device, body);
    }

    private static final class Captured implements Recording {
        private final CudaDevice device;
        // Scopes that outlive the call: closing an extended one takes it off the thread's stack,
        // closing it again frees what was made in it.
        private final PointerScope outer = new PointerScope();
        private final PointerScope inner;
        private final CUstream_st stream;
        private final CUgraph_st graph;
        private final CUgraphExec_st executable;
        private boolean closed;

        Captured(CudaDevice device, Runnable body) {
            this.device = device;
            outer.extend();
            MemPool pool = new MemPool();
            var filter = new EveryStream();
            stream = device.stream().stream();
            graph = new CUgraph_st();
            executable = new CUgraphExec_st();
            inner = new PointerScope();
            inner.extend();
            try {
                device.await();
                torch_cuda.beginAllocateToPool(device.index(), pool.id(), filter);
                try {
                    capture(body);
                } finally {
                    torch_cuda.endAllocateToPool(device.index(), pool.id());
                }
                Cards.check(
                        cudart.cudaGraphInstantiate(executable, graph, 0), "making a graph run");
                Cards.check(cudart.cudaGraphUpload(executable, stream), "uploading a graph");
            } catch (RuntimeException e) {
                leave();
                close();
                throw e;
            }
            leave();
        }

        private void capture(Runnable body) {
            Cards.check(
                    cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeGlobal),
                    "beginning to capture a step");
            RuntimeException failed = null;
            try {
                body.run();
            } catch (RuntimeException e) {
                failed = e;
            }
            int ended = cudart.cudaStreamEndCapture(stream, graph);
            if (failed != null) {
                cudart.cudaGetLastError(); // an invalid capture leaves one behind
                throw failed;
            }
            Cards.check(ended, "capturing a step (tensor.capture: false goes on without)");
        }

        private void leave() {
            inner.close();
            outer.close();
        }

        @Override
        public void replay() {
            Cards.check(cudart.cudaGraphLaunch(executable, stream), "replaying a step");
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            device.await();
            if (!executable.isNull()) {
                cudart.cudaGraphExecDestroy(executable);
            }
            if (!graph.isNull()) {
                cudart.cudaGraphDestroy(graph);
            }
            inner.close(); // tensors, before the pool they lie in
            outer.close();
        }
    }
}
