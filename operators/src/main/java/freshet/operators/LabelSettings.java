package freshet.operators;

import java.io.Serializable;

/**
 * How images and labels find each other.
 *
 * @param waitMillis how long an image to learn waits for its label, in event time, from 0; later
 *     labels are only scored, unless {@code learnLate}
 * @param maxDelayMillis greatest distance of an image and its label in event time, at least {@code
 *     waitMillis}
 * @param maxRecords images and labels that wait for each other, from 1; the oldest goes first
 * @param learnLate whether a label that came later than {@code waitMillis} is learned too
 */
public record LabelSettings(long waitMillis, long maxDelayMillis, int maxRecords, boolean learnLate)
        implements Serializable {

    public LabelSettings {
        if (waitMillis < 0 || maxDelayMillis < waitMillis) {
            throw new IllegalArgumentException(
                    "labels.wait is %d ms, must be from 0 to labels.max-delay, which is %d ms"
                            .formatted(waitMillis, maxDelayMillis));
        }
        if (maxRecords < 1) {
            throw new IllegalArgumentException(
                    "labels.max-records is %d, must be at least 1".formatted(maxRecords));
        }
    }

    LabelJoin.Config forLearning() {
        return new LabelJoin.Config(waitMillis, maxDelayMillis, maxRecords, learnLate);
    }

    /** An answer is there when its label comes; nothing is gained by waiting. */
    LabelJoin.Config forScoring() {
        return new LabelJoin.Config(0, maxDelayMillis, maxRecords, true);
    }
}
