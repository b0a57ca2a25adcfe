package freshet.engines.nd4j;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

/** Starts ND4J once per process. */
public final class Nd4jProvider implements TensorEngines.Provider {

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
            started = new Nd4jEngine(threads);
        } else if (started.threads() != threads) {
            throw new IllegalStateException(
                    "tensor.threads is %d, but nd4j was started with %d in this process"
                            .formatted(threads, started.threads()));
        }
        return started;
    }
}
