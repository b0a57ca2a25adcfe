package freshet.benchmarks;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import picocli.CommandLine.Option;

/** Which tensor engine a measurement runs on. */
public final class EngineOption {

    @Option(
            names = "--engine",
            description =
                    "libtorch, or nd4j if built with FRESHET_PROFILES=nd4j; default"
                            + " ${DEFAULT-VALUE}.")
    String engine = "libtorch";

    /** Starts it with one thread. */
    public TensorEngine start() {
        return TensorEngines.start(engine, 1);
    }
}
