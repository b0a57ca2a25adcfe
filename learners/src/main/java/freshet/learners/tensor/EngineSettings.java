package freshet.learners.tensor;

import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * Which engine runs the programs, where and how: the options {@code tensor.*}.
 *
 * @param engine name of one of those on the class path
 * @param threads of the math library within one operation, at least 1
 * @param device {@code cpu}, {@code cuda:0} (or another index) or {@code auto}: the first GPU if
 *     one can be used, else the CPU
 * @param deviceMemoryBytes most that parameters, moments, keys and recorded steps may hold on the
 *     device, and on a GPU the process's share of its memory; 0: all there is
 * @param capture whether steps are recorded once per shape and replayed
 * @param deterministic whether a GPU uses only kernels that give the same bits every time
 * @param precision of products
 */
public record EngineSettings(
        String engine,
        int threads,
        String device,
        long deviceMemoryBytes,
        boolean capture,
        boolean deterministic,
        Precision precision)
        implements Serializable {

    public static final String CPU = "cpu";
    public static final String AUTO = "auto";

    private static final Pattern DEVICE = Pattern.compile("cpu|auto|cuda:[0-9]{1,2}");

    public EngineSettings {
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "tensor.threads is %d, must be at least 1".formatted(threads));
        }
        if (!DEVICE.matcher(device).matches()) {
            throw new IllegalArgumentException(
                    "tensor.device is %s, must be cpu, auto, or cuda: and an index, such as cuda:0"
                            .formatted(device));
        }
        if (deviceMemoryBytes < 0) {
            throw new IllegalArgumentException(
                    "tensor.device-memory is %d bytes, must be at least 0"
                            .formatted(deviceMemoryBytes));
        }
    }

    /** On the CPU, each operation as it comes. */
    public static EngineSettings cpu(String engine, int threads) {
        return new EngineSettings(engine, threads, CPU, 0, false, true, Precision.FLOAT32);
    }

    public EngineSettings on(String otherDevice) {
        return new EngineSettings(
                engine, threads, otherDevice, deviceMemoryBytes, capture, deterministic, precision);
    }

    public EngineSettings within(long bytes) {
        return new EngineSettings(
                engine, threads, device, bytes, capture, deterministic, precision);
    }

    public EngineSettings capturing(boolean captures) {
        return new EngineSettings(
                engine, threads, device, deviceMemoryBytes, captures, deterministic, precision);
    }

    public EngineSettings in(Precision other) {
        return new EngineSettings(
                engine, threads, device, deviceMemoryBytes, capture, deterministic, other);
    }
}
