package freshet.benchmarks.moons;

import freshet.learners.selftraining.Alignment;
import freshet.learners.selftraining.SelfTrainingConfig.Method;
import freshet.learners.selftraining.SelfTrainingConfig.Mixing;
import java.util.List;

/** What is compared: settings of one learner, and what it is shown. */
enum MoonsMethod {
    /** The source model, which learns nothing more. */
    SOURCE("source"),
    SELF_TRAINING("IST"),
    BALANCED("balanced IST"),
    GIFT("GIFT"),
    /** Self-training on a target that turns slowly: the true intermediates. */
    SLOW_TURN("IST, slow turn");

    private final String title;

    MoonsMethod(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /**
     * @param events target points of the run
     */
    Method method(long events) {
        return switch (this) {
            case BALANCED -> Method.balancedSelfTraining();
            case GIFT ->
                    new Method(
                            Mixing.LINEAR,
                            Math.round(0.7 * events),
                            List.of(0),
                            Alignment.LABEL,
                            0,
                            0.3,
                            0,
                            0,
                            false);
            default -> Method.selfTraining();
        };
    }
}
