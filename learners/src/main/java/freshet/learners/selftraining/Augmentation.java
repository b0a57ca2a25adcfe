package freshet.learners.selftraining;

import freshet.learners.tensor.CounterRandom;

/** Changes an example by chance in ways that leave its class as it is. */
@FunctionalInterface
public interface Augmentation {

    Augmentation NONE = (example, random) -> example;

    /** Returns a changed copy, or the example itself. */
    float[] apply(float[] example, CounterRandom random);
}
