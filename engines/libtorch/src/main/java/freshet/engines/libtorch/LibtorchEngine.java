package freshet.engines.libtorch;

import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch on the CPU.
 *
 * <p>Threads are pinned at the start: a second spinning pool beside libtorch's makes a step twenty
 * times slower, and the last bits of a result depend on how a sum was split.
 */
final class LibtorchEngine implements TensorEngine {

    static final String VERSION = "2.10.0";

    private final int threads;
    private final AtomicLong nativeBytes = new AtomicLong();
    private final ThreadLocal<Boolean> pinned = ThreadLocal.withInitial(() -> false);

    /**
     * @param isFirst in this process: only then, and before any work, its pool may be set
     */
    LibtorchEngine(int threads, boolean isFirst) {
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "tensor.threads is %d, must be at least 1".formatted(threads));
        }
        this.threads = threads;
        if (isFirst) {
            openblas_nolapack.blas_set_num_threads(1);
            torch.set_num_interop_threads(1);
        }
        pinThread();
    }

    int threads() {
        return threads;
    }

    /** OpenMP's number of threads belongs to the calling thread, so every thread sets its own. */
    void pinThread() {
        if (!pinned.get()) {
            torch.set_num_threads(threads);
            pinned.set(true);
        }
    }

    void account(long bytes) {
        nativeBytes.addAndGet(bytes);
    }

    @Override
    public Map<String, String> metadata() {
        var metadata = new TreeMap<String, String>();
        metadata.put("engine", "libtorch");
        metadata.put("engine.version", VERSION);
        metadata.put("engine.device", "cpu");
        metadata.put("engine.threads", String.valueOf(threads));
        metadata.put("engine.arch", System.getProperty("os.arch"));
        return metadata;
    }

    @Override
    public Session open(Layout layout, float[] parameters, Program program) {
        return new LibtorchSession(this, layout, parameters, program);
    }

    @Override
    public KeyMatrix keyMatrix(int capacity, int width) {
        return new LibtorchKeyMatrix(this, capacity, width);
    }

    @Override
    public long nativeBytes() {
        return nativeBytes.get();
    }
}
