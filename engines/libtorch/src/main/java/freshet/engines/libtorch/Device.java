package freshet.engines.libtorch;

import java.util.Map;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Where tensors lie and operations run. */
interface Device {

    /** Such as {@code cpu} or {@code cuda:0}. */
    String name();

    /** What the bits of a result depend on, for the engine's metadata; keys sorted. */
    Map<String, String> metadata();

    /** Makes it the calling thread's, with the one stream that all work on it is queued in. */
    void enter();

    /** Of a tensor that lies here. */
    TensorOptions options(torch.ScalarType type);

    /** Of a tensor on the host that copies to and from here are fast of. */
    TensorOptions hostOptions(torch.ScalarType type);

    /** Whether its tensors lie in the host's memory. */
    boolean isHost();

    /** Returns when all that was queued is done. */
    void await();

    /** What one thread at a time holds while it works here; null if several may. */
    Object lock();

    /** Bytes that it has. */
    long memoryBytes();

    /** Keeps this process from taking more than {@code bytes} of it. */
    void limitMemory(long bytes);

    /** Records what is done here. */
    Recorder recorder();
}
