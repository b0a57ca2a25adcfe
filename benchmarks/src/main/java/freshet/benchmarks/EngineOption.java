package freshet.benchmarks;

import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.Precision;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Which tensor engine a measurement runs on, and how. */
public final class EngineOption {

    @Option(
            names = "--engine",
            description =
                    "libtorch, or nd4j if built with FRESHET_PROFILES=nd4j; default"
                            + " ${DEFAULT-VALUE}.")
    String engine = "libtorch";

    @Option(
            names = "--device",
            description =
                    "cpu, auto or, if built with FRESHET_PROFILES=gpu, cuda:0; default"
                            + " ${DEFAULT-VALUE}.")
    String device = EngineSettings.CPU;

    @Option(names = "--precision", description = "float32 or bfloat16; default ${DEFAULT-VALUE}.")
    String precision = "float32";

    /** Starts it with one thread; steps are recorded on a GPU. */
    public TensorEngine start() {
        return TensorEngines.start(
                EngineSettings.cpu(engine, 1)
                        .on(device)
                        .capturing(!device.equals(EngineSettings.CPU))
                        .in(Precision.valueOf(precision.toUpperCase(Locale.ROOT))));
    }
}
