package freshet.engines.libtorch;

import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * A GPU. All work of this process on it goes through one stream, which a step holds the lock of
 * from the first copy to the last. Loaded only where the GPU build is on the class path.
 */
final class CudaDevice implements Device {

    private static final String WORKSPACE = "CUBLAS_WORKSPACE_CONFIG";

    private final Card card;
    private final boolean captures;
    private final boolean deterministic;
    private final CUDAStream stream;
    private final org.bytedeco.pytorch.Device device;
    private final Object lock;

    /**
     * @throws IllegalStateException if it is to be deterministic and the environment does not let
     *     cuBLAS be
     */
    CudaDevice(Card card, boolean captures, boolean deterministic) {
        checkWorkspace(deterministic, System.getenv(WORKSPACE));
        this.card = card;
        this.captures = captures;
        this.deterministic = deterministic;
        torch_cuda.set_device((byte) card.index());
        stream = torch_cuda.getStreamFromPool(false, (byte) card.index());
        device = new org.bytedeco.pytorch.Device(torch.DeviceType.CUDA, (byte) card.index());
        // One for all class loaders, as jobs of a task manager have one each.
        lock = ("freshet.device." + name()).intern();
        var context = torch.globalContext();
        // Warns only: where windows of a pool do not overlap, its way back is deterministic as
        // well.
        context.setDeterministicAlgorithms(deterministic, true);
        context.setDeterministicFillUninitializedMemory(false);
        context.setDeterministicCuDNN(deterministic);
        context.setAllowTF32CuDNN(false);
        context.setAllowTF32CuBLAS(false);
        context.setAllowBF16ReductionCuBLAS(false);
    }

    /** cuBLAS sums in an order of its own unless its workspace is of a fixed size. */
    static void checkWorkspace(boolean deterministic, String value) {
        if (deterministic && !":4096:8".equals(value) && !":16:8".equals(value)) {
            throw new IllegalStateException(
                    "tensor.deterministic is true, which needs the environment variable %s=:4096:8 before Java starts (the freshet script sets it); it is %s"
                            .formatted(WORKSPACE, value));
        }
    }

    @Override
    public String name() {
        return "cuda:" + card.index();
    }

    CUDAStream stream() {
        return stream;
    }

    byte index() {
        return (byte) card.index();
    }

    /** Without the index: the next task manager's card may be another of the same kind. */
    @Override
    public Map<String, String> metadata() {
        var metadata = new TreeMap<String, String>();
        metadata.put("engine.device", "cuda");
        metadata.put("engine.device.name", card.name());
        metadata.put("engine.device.capability", card.capabilityText());
        metadata.put("engine.capture", String.valueOf(captures));
        metadata.put("engine.deterministic", String.valueOf(deterministic));
        return metadata;
    }

    @Override
    public void enter() {
        torch_cuda.setCurrentCUDAStream(stream); // and its card
        torch_cuda.set_device(index());
    }

    @Override
    public TensorOptions options(torch.ScalarType type) {
        return new TensorOptions(type).device(new DeviceOptional(device));
    }

    /** Page-locked, so that the card reads and writes it by itself. */
    @Override
    public TensorOptions hostOptions(torch.ScalarType type) {
        return new TensorOptions(type).pinned_memory(new BoolOptional(true));
    }

    @Override
    public boolean isHost() {
        return false;
    }

    @Override
    public void await() {
        stream.synchronize();
    }

    @Override
    public Object lock() {
        return lock;
    }

    @Override
    public long memoryBytes() {
        return card.memoryBytes();
    }

    @Override
    public void limitMemory(long bytes) {
        double share = Math.min(1, (double) bytes / card.memoryBytes());
        torch_cuda.getAllocator().setMemoryFraction(share, index());
    }

    @Override
    public Recorder recorder() {
        return captures ? new CudaGraphRecorder(this) : new RepeatingRecorder();
    }
}
