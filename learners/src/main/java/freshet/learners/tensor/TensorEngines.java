package freshet.learners.tensor;

import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds the tensor engine by name among those on the class path. */
public final class TensorEngines {

    /** What an engine's module registers as a service. */
    public interface Provider {

        /** What {@code tensor.engine} calls it, such as {@code libtorch}. */
        String name();

        /**
         * Returns the process's engine of these settings, started at the first call.
         *
         * @throws IllegalStateException if it was started with other threads before, or the device
         *     cannot be used: why, and what to do
         */
        TensorEngine start(EngineSettings settings);

        /** What it finds of devices here, for people: one line each. */
        List<String> devices();
    }

    private TensorEngines() {}

    /** Starts the engine named {@code name} on the CPU. */
    public static TensorEngine start(String name, int threads) {
        return start(EngineSettings.cpu(name, threads));
    }

    /**
     * Starts an engine.
     *
     * @throws IllegalArgumentException if there is none of that name, naming those that are there
     */
    public static TensorEngine start(EngineSettings settings) {
        return provider(settings.engine()).start(settings);
    }

    /** What the engine named {@code name} finds of devices here, one line each. */
    public static List<String> devices(String name) {
        return provider(name).devices();
    }

    private static Provider provider(String name) {
        var providers = new TreeMap<String, Provider>();
        ServiceLoader.load(Provider.class, TensorEngines.class.getClassLoader())
                .forEach(provider -> providers.put(provider.name(), provider));
        Provider provider = providers.get(name);
        if (provider == null) {
            throw new IllegalArgumentException(
                    ("tensor.engine is %s, found on the class path: %s; libtorch comes with"
                                    + " freshet, nd4j is added by the Maven profile nd4j (CPU) or"
                                    + " nd4j-cuda")
                            .formatted(name, providers.keySet()));
        }
        return provider;
    }
}
