package freshet.operators;

import freshet.learners.Measurement;
import java.util.Optional;

/**
 * How long updates take, by the clock: what it counts is no part of the state, so that a recovery
 * is the same bit for bit, and begins anew with it.
 */
final class Pace {

    private static final double NANOS_A_MICRO = 1e3;

    private final int everySteps;
    private Measurement took; // since the last report; null: nothing yet

    /**
     * @param everySteps updates between two reports, at least 1; 0: none
     */
    Pace(int everySteps) {
        this.everySteps = everySteps;
    }

    /** The updates since the last report in microseconds each, once there are enough. */
    Optional<Measurement> stepped(long nanos) {
        if (everySteps == 0) {
            return Optional.empty();
        }
        Measurement one = Measurement.of("stepTimeMicros", nanos / NANOS_A_MICRO);
        Measurement all = took == null ? one : took.merge(one);
        boolean due = all.count() >= everySteps;
        took = due ? null : all;
        return due ? Optional.of(all) : Optional.empty();
    }
}
