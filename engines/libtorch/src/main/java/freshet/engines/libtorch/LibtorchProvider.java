package freshet.engines.libtorch;

import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private static final Map<EngineSettings, LibtorchEngine> STARTED = new HashMap<>();

    @Override
    public String name() {
        return "libtorch";
    }

    @Override
    public TensorEngine start(EngineSettings settings) {
        Properties process = System.getProperties();
        synchronized (MARK) {
            String mark = checkMark(settings.threads());
            if (mark == null) {
                NativeBuild.prepare();
            }
            TensorEngine engine = engine(settings, mark == null);
            process.setProperty(MARK, loader() + " " + settings.threads());
            return engine;
        }
    }

    /**
     * @throws IllegalStateException if libtorch runs in this process in a way that excludes this
     */
    private static String checkMark(int threads) {
        String mark = System.getProperty(MARK);
        if (mark != null && !mark.startsWith(loader() + " ")) {
            throw new IllegalStateException(
                    "another job has loaded libtorch into this process, which can hold it only"
                            + " once: put the org.bytedeco jars into Flink's lib folder, not"
                            + " into the job, and restart the task manager");
        }
        if (mark != null && !mark.equals(loader() + " " + threads)) {
            throw new IllegalStateException(
                    "tensor.threads is %d, but libtorch was started with %s in this process"
                            .formatted(threads, mark.substring(loader().length() + 1)));
        }
        return mark;
    }

    /** One engine for equal settings, and one device for engines of one card. */
    private static LibtorchEngine engine(EngineSettings settings, boolean isFirst) {
        LibtorchEngine engine = STARTED.get(settings);
        if (engine == null) {
            Found found =
                    settings.device().equals(EngineSettings.CPU)
                            ? Found.nothing("not looked for")
                            : Devices.find();
            EngineSettings resolved = Devices.resolve(settings, found);
            engine = STARTED.get(resolved);
            if (engine == null) {
                engine = new LibtorchEngine(resolved, Devices.open(resolved, found), isFirst);
                STARTED.put(resolved, engine);
            }
            STARTED.put(settings, engine);
        }
        return engine;
    }

    @Override
    public List<String> devices() {
        synchronized (MARK) {
            NativeBuild.prepare();
            return Devices.find().lines();
        }
    }

    private static String loader() {
        return Integer.toHexString(System.identityHashCode(loaderOfBindings()));
    }

    private static ClassLoader loaderOfBindings() {
        return Loader.class.getClassLoader();
    }
}
