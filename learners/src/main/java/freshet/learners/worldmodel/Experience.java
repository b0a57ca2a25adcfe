package freshet.learners.worldmodel;

import java.io.Serializable;

/** Where the sequences come from that a world model learns. */
public sealed interface Experience extends Serializable
        permits WorldModelLearningConfig.Sampling, WorldModelLearningConfig.Windows {

    /** T of each sequence. */
    int steps();

    /** Bytes that steps may take. */
    long bytes();

    /** Steps of experience before anything is learned. */
    long firstUpdateAfter();
}
