package freshet.learners.tensor;

import java.util.Map;

/** A library that runs programs. One per process is shared; sessions belong to one thread each. */
public interface TensorEngine {

    /** Name, version, threads, device: what the bits of a result depend on. Sorted by key. */
    Map<String, String> metadata();

    /**
     * Makes a session with the given parameters and zero moments.
     *
     * @throws IllegalArgumentException if {@code parameters} does not fill the layout
     */
    Session open(Layout layout, float[] parameters, Program program);

    KeyMatrix keyMatrix(int capacity, int width);

    /** Bytes of native memory that live tensors of this engine's sessions and matrices hold. */
    long nativeBytes();
}
