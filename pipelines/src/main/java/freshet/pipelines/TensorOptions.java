package freshet.pipelines;

import static freshet.pipelines.OptionRanges.inRange;
import static org.apache.flink.configuration.ConfigOptions.key;

import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.Precision;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the tensor engine: which one, where and how it computes. */
public final class TensorOptions {

    public static final ConfigOption<String> ENGINE =
            key("tensor.engine")
                    .stringType()
                    .defaultValue("libtorch")
                    .withDescription(
                            "Tensor engine, one of those on the class path: libtorch, or nd4j if built"
                                    + " with the Maven profile nd4j or nd4j-cuda.");
    public static final ConfigOption<Integer> THREADS =
            key("tensor.threads")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Threads of the math library within one operation, from 1. Results"
                                    + " depend on it in the last bits.");
    public static final ConfigOption<String> DEVICE =
            key("tensor.device")
                    .stringType()
                    .defaultValue(EngineSettings.CPU)
                    .withDescription(
                            "Where libtorch computes: cpu; cuda:0 or another GPU's index, if built"
                                    + " with the Maven profile gpu; or auto, the first GPU if it can"
                                    + " be used, else the CPU, saying why.");
    public static final ConfigOption<MemorySize> DEVICE_MEMORY =
            key("tensor.device-memory")
                    .memoryType()
                    .defaultValue(MemorySize.ZERO)
                    .withDescription(
                            "Most that parameters, moments, keys and recorded steps of a job may"
                                    + " hold on the device, and on a GPU the process's share of its"
                                    + " memory; 0 for all there is. A batch that finds no room is"
                                    + " refused.");
    public static final ConfigOption<Boolean> CAPTURE =
            key("tensor.capture")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "On a GPU, whether steps are recorded as a graph once per shape and"
                                    + " replayed.");
    public static final ConfigOption<Boolean> DETERMINISTIC =
            key("tensor.deterministic")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "On a GPU, whether only kernels are used that give the same bits every"
                                    + " time, which a recovery to the same bits needs.");
    public static final ConfigOption<Precision> PRECISION =
            key("tensor.precision")
                    .enumType(Precision.class)
                    .defaultValue(Precision.FLOAT32)
                    .withDescription(
                            "What matrix products and convolutions are taken in; all else is in"
                                    + " 32-bit floats.");

    private TensorOptions() {}

    /**
     * Reads and checks them all.
     *
     * @throws IllegalArgumentException naming the option, its value and the allowed range
     */
    public static EngineSettings read(ReadableConfig config) {
        String device = config.get(DEVICE);
        return new EngineSettings(
                config.get(ENGINE),
                inRange(config, THREADS, 1, 256),
                device,
                config.get(DEVICE_MEMORY).getBytes(),
                config.get(CAPTURE) && !device.equals(EngineSettings.CPU),
                config.get(DETERMINISTIC),
                config.get(PRECISION));
    }
}
