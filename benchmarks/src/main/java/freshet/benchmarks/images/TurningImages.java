package freshet.benchmarks.images;

import freshet.learners.StepReport;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.vision.DriftSchedule;
import freshet.learners.vision.ShiftScaleTurn;
import java.util.List;
import java.util.function.Consumer;

/** A healthy learner of images: clothes that turn slowly while it teaches itself. */
public final class TurningImages {

    private static final double DEGREES = 30;
    private static final double RANGE = 5;

    private TurningImages() {}

    /**
     * Learns labelled clothes, then turning ones without labels.
     *
     * @param updates without labels
     * @param seen is told of each of them
     */
    public static void learn(
            TensorEngine engine, long seed, int updates, Consumer<StepReport> seen) {
        int side = RotationProtocol.SIDE;
        int records = updates * RotationProtocol.GROUP;
        var protocol =
                new RotationProtocol(
                        engine,
                        seed,
                        records,
                        RotationProtocol.GROUP,
                        ShiftScaleTurn.defaults(side, side, 0));
        protocol.learnSource();
        var config = SelfTrainingConfig.defaults(RotationMethod.GIFT.method(records), seed);
        protocol.stream(
                new DriftSchedule(
                        List.of(
                                DriftSchedule.Stage.turns(0, 0, RANGE),
                                DriftSchedule.Stage.turns(records, DEGREES - RANGE, DEGREES))),
                records,
                config,
                (first, right, report) -> seen.accept(report));
    }
}
