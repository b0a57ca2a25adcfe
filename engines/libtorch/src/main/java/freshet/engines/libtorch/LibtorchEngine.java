package freshet.engines.libtorch;

import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Precision;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch on one device.
 *
 * <p>Threads are pinned at the start: a second spinning pool beside libtorch's makes a step twenty
 * times slower, and the last bits of a result depend on how a sum was split.
 */
final class LibtorchEngine implements TensorEngine {

    static final String VERSION = "2.10.0";

    private final EngineSettings settings;
    private final Device device;
    private final DeviceMemory memory;
    private final ThreadLocal<Boolean> pinned = ThreadLocal.withInitial(() -> false);

    /**
     * @param settings of which {@code device} has made use already
     * @param isFirst in this process: only then, and before any work, its pool may be set
     */
    LibtorchEngine(EngineSettings settings, Device device, boolean isFirst) {
        this.settings = settings;
        this.device = device;
        long budget = settings.deviceMemoryBytes();
        memory = new DeviceMemory(device.name(), budget == 0 ? device.memoryBytes() : budget);
        device.limitMemory(budget == 0 ? device.memoryBytes() : budget);
        if (isFirst) {
            openblas_nolapack.blas_set_num_threads(1);
            torch.set_num_interop_threads(1);
        }
        enter();
    }

    /** OpenMP's number of threads belongs to the calling thread, so every thread sets its own. */
    private void enter() {
        if (!pinned.get()) {
            torch.set_num_threads(settings.threads());
            pinned.set(true);
        }
        device.enter();
    }

    /**
     * Does something on the device, alone if it is one that takes turns.
     *
     * @throws freshet.learners.tensor.DeviceMemoryException if its memory does not suffice
     */
    <T> T onDevice(Supplier<T> work) {
        Object lock = device.lock();
        if (lock == null) {
            enter();
            return memory.watch(work);
        }
        synchronized (lock) {
            enter();
            return memory.watch(work);
        }
    }

    /**
     * Overwrites a flat buffer.
     *
     * @throws IllegalArgumentException if there are not as many values as it holds
     */
    void overwrite(String name, Tensor flat, float[] values) {
        onDevice(
                () -> {
                    Tensors.overwrite(name, device, flat, values);
                    return null;
                });
    }

    Device device() {
        return device;
    }

    DeviceMemory memory() {
        return memory;
    }

    Precision precision() {
        return settings.precision();
    }

    /** Whether steps have inputs and outputs in places of their own, so as to be recorded. */
    boolean fixesSteps() {
        return settings.capture() || !device.isHost();
    }

    @Override
    public Map<String, String> metadata() {
        var metadata = new TreeMap<String, String>();
        metadata.put("engine", "libtorch");
        metadata.put("engine.version", VERSION);
        metadata.put("engine.threads", String.valueOf(settings.threads()));
        metadata.put("engine.arch", System.getProperty("os.arch"));
        metadata.putAll(device.metadata());
        if (precision()
                != Precision.FLOAT32) { // snapshots from before there was another do not say
            metadata.put("engine.precision", "bfloat16");
        }
        return metadata;
    }

    @Override
    public Session open(Layout layout, float[] parameters, Program program) {
        return onDevice(() -> new LibtorchSession(this, layout, parameters, program));
    }

    @Override
    public KeyMatrix keyMatrix(int capacity, int width) {
        return onDevice(() -> new LibtorchKeyMatrix(this, capacity, width));
    }

    @Override
    public long nativeBytes() {
        return memory.used();
    }
}
