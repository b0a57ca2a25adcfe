package freshet.engines.nd4j;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

/**
 * Starts ND4J once per process, on the backend that the Maven profile put on the class path.
 *
 * <p>A task manager gives every job a class loader of its own, and a native library can belong to
 * one loader only: the jars of ND4J and JavaCPP must come from a loader that all jobs share,
 * Flink's own.
 */
public final class Nd4jProvider implements TensorEngines.Provider {

    private static final String CPU = "org/nd4j/linalg/cpu/nativecpu/CpuBackend.class";
    private static final String CUDA = "org/nd4j/linalg/jcublas/JCublasBackend.class";

    private static Nd4jEngine started;

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public TensorEngine start(int threads) {
        return engine(threads);
    }

    private static synchronized Nd4jEngine engine(int threads) {
        if (started == null) {
            checkBackend();
            started = newEngine(threads);
        } else if (started.threads() != threads) {
            throw new IllegalStateException(
                    "tensor.threads is %d, but nd4j was started with %d in this process"
                            .formatted(threads, started.threads()));
        }
        return started;
    }

    private static void checkBackend() {
        if (isThere(CUDA)) {
            CudaCards.check(CudaCards.ask());
        } else if (!isThere(CPU)) {
            throw new IllegalStateException(
                    "tensor.engine is nd4j, but no backend of ND4J is on the class path: build with"
                            + " the Maven profile nd4j (CPU) or nd4j-cuda");
        }
    }

    private static boolean isThere(String resource) {
        return Nd4jProvider.class.getClassLoader().getResource(resource) != null;
    }

    private static Nd4jEngine newEngine(int threads) {
        try {
            return new Nd4jEngine(threads);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            throw new IllegalStateException(
                    "ND4J cannot be loaded. If another job of this task manager has loaded it, put"
                            + " the jars of org.nd4j and org.bytedeco into Flink's lib folder, not"
                            + " into the job, and restart the task manager. For CUDA, its version"
                            + " 11.6 must be installed.",
                    e);
        }
    }
}
