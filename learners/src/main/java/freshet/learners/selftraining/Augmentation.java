package freshet.learners.selftraining;

import freshet.learners.tensor.CounterRandom;
import java.io.Serializable;

/** Changes an example by chance in ways that leave its class as it is. */
@FunctionalInterface
public interface Augmentation extends Serializable {

    Augmentation NONE = (example, random) -> example;

    /** Returns a changed copy, or the example itself. */
    float[] apply(float[] example, CounterRandom random);
}
