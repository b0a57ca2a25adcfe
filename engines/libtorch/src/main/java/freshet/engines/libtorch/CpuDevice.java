package freshet.engines.libtorch;

import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** The host itself: several sessions may work at once, and nothing is queued. */
final class CpuDevice implements Device {

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of("engine.device", "cpu");
    }

    @Override
    public void enter() {}

    @Override
    public TensorOptions options(torch.ScalarType type) {
        return new TensorOptions(type);
    }

    @Override
    public TensorOptions hostOptions(torch.ScalarType type) {
        return new TensorOptions(type);
    }

    @Override
    public boolean isHost() {
        return true;
    }

    @Override
    public void await() {}

    @Override
    public Object lock() {
        return null;
    }

    @Override
    public long memoryBytes() {
        return Pointer.totalPhysicalBytes();
    }

    /** What an operation takes for a moment is not limited here. */
    @Override
    public void limitMemory(long bytes) {}

    @Override
    public Recorder recorder() {
        return new RepeatingRecorder();
    }
}
