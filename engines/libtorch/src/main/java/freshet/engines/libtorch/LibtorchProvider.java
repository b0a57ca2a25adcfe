package freshet.engines.libtorch;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.util.Properties;
import org.bytedeco.javacpp.Loader;

/**
 * Starts libtorch once per process.
 *
 * <p>Once per process, not per class loader: a task manager gives every job a loader of its own,
 * and the second copy of libtorch in a process does not fail but aborts it, with all its other
 * jobs. So the bindings must come from a loader that all jobs share, Flink's own, and the first to
 * start libtorch leaves a mark that the others see.
 */
public final class LibtorchProvider implements TensorEngines.Provider {

    /**
     * System property: which loader's libtorch runs in this process, and with how many threads.
     * Also the lock under which it is started: one literal is one object for all loaders. The
     * properties themselves must not be locked while native libraries are loaded, for another
     * thread may be loading one that sets a property: AWT's, behind the first image, did so and
     * neither came to an end.
     */
    private static final String MARK = "freshet.libtorch.started";

    private static LibtorchEngine started;

    @Override
    public String name() {
        return "libtorch";
    }

    @Override
    public TensorEngine start(int threads) {
        Properties process = System.getProperties();
        synchronized (MARK) {
            String loader = Integer.toHexString(System.identityHashCode(loaderOfBindings()));
            String mark = process.getProperty(MARK);
            if (mark != null && !mark.startsWith(loader + " ")) {
                throw new IllegalStateException(
                        "another job has loaded libtorch into this process, which can hold it only"
                                + " once: put the org.bytedeco jars into Flink's lib folder, not"
                                + " into the job, and restart the task manager");
            }
            if (mark != null && !mark.equals(loader + " " + threads)) {
                throw new IllegalStateException(
                        "tensor.threads is %d, but libtorch was started with %s in this process"
                                .formatted(threads, mark.substring(loader.length() + 1)));
            }
            TensorEngine engine = engine(threads, mark == null);
            process.setProperty(MARK, loader + " " + threads);
            return engine;
        }
    }

    private static synchronized LibtorchEngine engine(int threads, boolean isFirst) {
        if (started == null) {
            started = new LibtorchEngine(threads, isFirst);
        }
        return started;
    }

    private static ClassLoader loaderOfBindings() {
        return Loader.class.getClassLoader();
    }
}
