package freshet.benchmarks.images;

import freshet.learners.selftraining.SelfTrainingConfig.Method;
import freshet.learners.selftraining.SelfTrainingConfig.Rates;

/** What is compared: settings of one learner, and what it is shown. */
enum RotationMethod {
    /** The source model, which learns nothing more. */
    SOURCE("source", false, false),
    SELF_TRAINING("IST", true, false),
    BALANCED("balanced IST", true, false),
    GIFT("GIFT", true, false),
    /** Learns the target's labels: the upper bound. */
    SUPERVISED("supervised", true, true);

    private final String title;
    private final boolean learns;
    private final boolean seesLabels;

    RotationMethod(String title, boolean learns, boolean seesLabels) {
        this.title = title;
        this.learns = learns;
        this.seesLabels = seesLabels;
    }

    String title() {
        return title;
    }

    boolean learns() {
        return learns;
    }

    boolean seesLabels() {
        return seesLabels;
    }

    /**
     * @param events target pictures of the run
     */
    Method method(long events) {
        return switch (this) {
            case BALANCED -> Method.balancedSelfTraining();
            case GIFT -> Method.gift(Math.round(0.2 * events));
            default -> Method.selfTraining();
        };
    }

    /** Without a jump there is nothing to be careful of: the teacher follows faster. */
    Rates rates(boolean gradual) {
        Rates standard = Rates.defaults();
        boolean follows = gradual && learns && !seesLabels;
        return follows
                ? new Rates(
                        standard.rate(),
                        standard.weightDecay(),
                        standard.clipNorm(),
                        0,
                        standard.iterationSteps())
                : standard;
    }
}
