package freshet.learners.selftraining;

import freshet.learners.tensor.CounterRandom;
import java.io.Serializable;
import java.util.Arrays;

/** Changes an example by chance in ways that leave its class as it is. */
@FunctionalInterface
public interface Augmentation extends Serializable {

    Augmentation NONE = (example, random) -> example;

    /** Returns a changed copy, or the example itself. */
    float[] apply(float[] example, CounterRandom random);

    /**
     * Changes each of several examples, by chances of its own.
     *
     * @param examples {@code [n, size]}
     * @param size numbers in one example
     */
    default float[] ofEach(float[] examples, int size, CounterRandom random) {
        float[] changed = new float[examples.length];
        for (int start = 0; start < examples.length; start += size) {
            float[] example = Arrays.copyOfRange(examples, start, start + size);
            System.arraycopy(apply(example, random), 0, changed, start, size);
        }
        return changed;
    }
}
