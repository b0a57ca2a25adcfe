package freshet.operators;

import java.io.Serializable;

/**
 * How many learners a subtask holds in memory, and how patient it is with them.
 *
 * @param live learners in native memory of one subtask, in [1, 10000]
 * @param refusalsAllowed batches that a learner may refuse in a row before it goes back to the
 *     weights published last, in [1, 1000000]
 */
public record ManyLearnersConfig(int live, int refusalsAllowed) implements Serializable {

    public ManyLearnersConfig {
        check("many.live-models", live, 1, 10_000);
        check("many.refusals-allowed", refusalsAllowed, 1, 1_000_000);
    }

    static void check(String option, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "%s is %d, must be from %d to %d".formatted(option, value, low, high));
        }
    }
}
