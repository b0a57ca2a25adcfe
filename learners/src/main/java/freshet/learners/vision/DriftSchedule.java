package freshet.learners.vision;

import freshet.learners.tensor.CounterRandom;
import java.util.List;

/**
 * How a stream of pictures changes: at each record a range of distortions, moving in a straight
 * line from one stage to the next and staying at the last. An abrupt shift is two stages one record
 * apart.
 *
 * @param stages by record, ascending, at least one
 */
public record DriftSchedule(List<Stage> stages) {

    /**
     * The state of the drift at one record.
     *
     * @param record place in the stream, from 0
     * @param low one end of the range that distortions are drawn from
     * @param high the other end
     * @param untouchedShare share of pictures that stay as they are, in [0, 1]: mixes domains
     */
    public record Stage(long record, Distortion low, Distortion high, double untouchedShare) {

        public Stage {
            if (record < 0 || !(untouchedShare >= 0 && untouchedShare <= 1)) {
                throw new IllegalArgumentException(
                        "stage at record %d with %s untouched".formatted(record, untouchedShare));
            }
        }

        /** Turns between two angles, all pictures. */
        public static Stage turns(long record, double lowDegrees, double highDegrees) {
            return new Stage(record, Distortion.turn(lowDegrees), Distortion.turn(highDegrees), 0);
        }

        private Stage towards(Stage next, long at) {
            double share = (at - record) / (double) (next.record - record);
            return new Stage(
                    at,
                    low.towards(next.low, share),
                    high.towards(next.high, share),
                    untouchedShare + share * (next.untouchedShare - untouchedShare));
        }
    }

    public DriftSchedule {
        stages = List.copyOf(stages);
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("a drift schedule needs a stage");
        }
        for (int i = 1; i < stages.size(); i++) {
            if (stages.get(i).record() <= stages.get(i - 1).record()) {
                throw new IllegalArgumentException(
                        "stage at record %d comes after record %d"
                                .formatted(stages.get(i).record(), stages.get(i - 1).record()));
            }
        }
    }

    /** Turns drawn from one range for ever. */
    public static DriftSchedule turns(double lowDegrees, double highDegrees) {
        return new DriftSchedule(List.of(Stage.turns(0, lowDegrees, highDegrees)));
    }

    /** The range at one record. */
    Stage at(long record) {
        Stage before = stages.get(0);
        for (Stage stage : stages) {
            if (stage.record() > record) {
                return before.record() > record ? before : before.towards(stage, record);
            }
            before = stage;
        }
        return before;
    }

    /** Draws the distortion of one record; two numbers of {@code random}. */
    Distortion draw(long record, CounterRandom random) {
        Stage stage = at(record);
        boolean untouched = random.nextDouble() < stage.untouchedShare();
        double share = random.nextDouble();
        return untouched ? Distortion.NONE : stage.low().towards(stage.high(), share);
    }
}
