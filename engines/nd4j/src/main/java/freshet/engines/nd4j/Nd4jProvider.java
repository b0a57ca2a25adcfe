package freshet.engines.nd4j;

import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.Precision;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.util.List;

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
    public TensorEngine start(EngineSettings settings) {
        boolean isCuda = isThere(CUDA);
        checkSettings(settings, isCuda);
        return engine(settings.threads());
    }

    /**
     * ND4J computes where its backend does, and as it is.
     *
     * @throws IllegalArgumentException naming the option that it cannot follow, and the alternative
     */
    static void checkSettings(EngineSettings settings, boolean isCuda) {
        String here = isCuda ? "cuda:0" : EngineSettings.CPU;
        // cpu is the option's default: whoever builds with nd4j-cuda need not name the card too.
        if (!settings.device().equals(EngineSettings.AUTO)
                && !settings.device().equals(here)
                && !(isCuda && settings.device().equals(EngineSettings.CPU))) {
            throw new IllegalArgumentException(
                    "tensor.device is %s, but nd4j as it was built computes on %s: use tensor.engine libtorch, or build with the Maven profile %s"
                            .formatted(settings.device(), here, isCuda ? "nd4j" : "nd4j-cuda"));
        }
        if (settings.precision() != Precision.FLOAT32) {
            throw new IllegalArgumentException(
                    "tensor.precision is bfloat16, nd4j computes in float32 only: use tensor.engine libtorch");
        }
        if (settings.deviceMemoryBytes() > 0) {
            throw new IllegalArgumentException(
                    "tensor.device-memory is set, nd4j keeps no budget: leave it at 0, or use tensor.engine libtorch");
        }
    }

    @Override
    public List<String> devices() {
        return isThere(CUDA) ? CudaCards.ask() : List.of("cpu");
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
