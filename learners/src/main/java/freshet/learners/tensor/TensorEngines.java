package freshet.learners.tensor;

import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds the tensor engine by name among those on the class path. */
public final class TensorEngines {

    /** What an engine's module registers as a service. */
    public interface Provider {

        /** What {@code tensor.engine} calls it, such as {@code libtorch}. */
        String name();

        /**
         * Returns the process's engine, started at the first call.
         *
         * @param threads threads of the math library within one operation, at least 1
         * @throws IllegalStateException if it was started with other threads before
         */
        TensorEngine start(int threads);
    }

    private TensorEngines() {}

    /**
     * Starts the engine named {@code name}.
     *
     * @throws IllegalArgumentException if there is none, naming those that are there
     */
    public static TensorEngine start(String name, int threads) {
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
        return provider.start(threads);
    }
}
