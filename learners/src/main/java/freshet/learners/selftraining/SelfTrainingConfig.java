package freshet.learners.selftraining;

import freshet.learners.tensor.AdamConfig;
import java.io.Serializable;
import java.util.List;

/**
 * Settings of the learner, checked. What is called GIFT, self-training and balanced self-training
 * are settings of {@link Method}.
 *
 * @param source how labelled source examples are learned, before the first target example
 * @param method how unlabelled target examples teach
 * @param rates of the updates on target examples
 * @param guard when pseudo-labels are no longer to be trusted
 * @param reservoirPerClass source examples kept of each class, in [1, 100000]
 * @param seed of initial weights and of all that is drawn
 * @param drift how a shift of the target is found, and what follows
 */
public record SelfTrainingConfig(
        Source source,
        Method method,
        Rates rates,
        Guard guard,
        int reservoirPerClass,
        long seed,
        Drift drift)
        implements Serializable {

    /**
     * Learning from labels.
     *
     * @param rate Adam's step size at the start, in (0, 1]; falls along half a cosine
     * @param steps updates until the rate has fallen to 1 % of that, where it stays; in [1,
     *     1000000000]
     * @param weightDecay L2, in [0, 1]
     */
    public record Source(double rate, int steps, double weightDecay) implements Serializable {

        private static final double LEAST_SHARE = 0.01;

        public Source {
            check("source.rate", rate, Double.MIN_VALUE, 1);
            check("source.steps", steps, 1, 1_000_000_000);
            check("source.weightDecay", weightDecay, 0, 1);
        }

        /** Step size after {@code done} updates. */
        double rateAt(long done) {
            double share = Math.min(1, done / (double) steps);
            return rate * Math.max(LEAST_SHARE, (1 + StrictMath.cos(Math.PI * share)) / 2);
        }
    }

    /**
     * Learning from pseudo-labels.
     *
     * @param mixing how the weight of the target in the interpolation moves
     * @param rampExamples target examples over which it moves from 0 to 1, in [1, 10^15]
     * @param layers layers that are interpolated, one a step in turn; the first is 0, the example
     *     itself
     * @param alignment how source and target examples are paired
     * @param priorAdjustment the teacher's logits lose this times the log of (running class prior
     *     times C): 0 leaves them, 1 makes the pseudo-labels balanced; in [0, 2]
     * @param keepQuantile examples whose confidence is below this quantile of the batch's teach
     *     nothing; in [0, 1)
     * @param labelTemperature pseudo-labels are the softmax at this temperature; 0: the likeliest
     *     class; in [0, 100]
     * @param sourceWeight weight of the loss on the drawn source examples with their labels, in [0,
     *     10]
     * @param augment whether the student sees its examples augmented, where the teacher labels them
     *     as they are
     */
    public record Method(
            Mixing mixing,
            long rampExamples,
            List<Integer> layers,
            Alignment alignment,
            double priorAdjustment,
            double keepQuantile,
            double labelTemperature,
            double sourceWeight,
            boolean augment)
            implements Serializable {

        public Method {
            check("method.rampExamples", (double) rampExamples, 1, 1e15);
            check("method.priorAdjustment", priorAdjustment, 0, 2);
            check("method.keepQuantile", keepQuantile, 0, Math.nextDown(1.0));
            check("method.labelTemperature", labelTemperature, 0, 100);
            check("method.sourceWeight", sourceWeight, 0, 10);
            layers = List.copyOf(layers);
            if (layers.isEmpty()) {
                throw new IllegalArgumentException("method.layers is empty");
            }
            for (int layer : layers) {
                check("method.layers", layer, 0, 1000);
            }
        }

        /**
         * GIFT: interpolates the examples themselves and after the first block, in turn, paired by
         * balanced pseudo-labels.
         *
         * @param rampExamples target examples until only they are learned; a fifth of those
         *     expected is good
         */
        public static Method gift(long rampExamples) {
            return new Method(
                    Mixing.LINEAR,
                    rampExamples,
                    List.of(0, 1),
                    Alignment.LABEL,
                    1,
                    0.3,
                    0,
                    0,
                    false);
        }

        /** Iterative self-training: the target examples as they come. */
        public static Method selfTraining() {
            return new Method(
                    Mixing.TARGET_ONLY, 1, List.of(0), Alignment.NONE, 0, 0.3, 0, 0, false);
        }

        /**
         * Self-training on as many target examples of each pseudo-label as the source has of the
         * class: the control that tells what interpolation adds.
         */
        public static Method balancedSelfTraining() {
            return new Method(
                    Mixing.TARGET_ONLY, 1, List.of(0), Alignment.LABEL, 1, 0.3, 0, 0, false);
        }

        /** The model stays as it is; its confidence is still measured. */
        public static Method none() {
            return new Method(Mixing.NONE, 1, List.of(0), Alignment.NONE, 0, 0, 0, 0, false);
        }

        public Method withAugment(boolean augmented) {
            return new Method(
                    mixing,
                    rampExamples,
                    layers,
                    alignment,
                    priorAdjustment,
                    keepQuantile,
                    labelTemperature,
                    sourceWeight,
                    augmented);
        }

        public Method withPriorAdjustment(double adjustment) {
            return new Method(
                    mixing,
                    rampExamples,
                    layers,
                    alignment,
                    adjustment,
                    keepQuantile,
                    labelTemperature,
                    sourceWeight,
                    augment);
        }
    }

    /** How the weight of the target in the interpolation moves with the target examples seen. */
    public enum Mixing {
        /** There is none: target examples without labels teach nothing. */
        NONE,
        /** It is 1: nothing of the source is mixed in. */
        TARGET_ONLY,
        /** In a straight line from 0 to 1, the same for all pairs of a batch. */
        LINEAR,
        /** Drawn per pair from Beta(a, b), a moving from 1 to 10 and b from 10 to 0. */
        BETA
    }

    /**
     * Updates on target examples.
     *
     * @param rate Adam's step size, in (0, 1]
     * @param weightDecay L2 on the weights after the interpolated layer, in [0, 1]
     * @param clipNorm largest Euclidean norm of the gradient, above 0
     * @param teacherDecay share of the teacher's weights that an update leaves in place, in [0, 1);
     *     0: the teacher becomes the student at the end of each iteration
     * @param iterationSteps updates of one iteration, after which Adam starts afresh; in [1,
     *     1000000000]
     */
    public record Rates(
            double rate,
            double weightDecay,
            double clipNorm,
            double teacherDecay,
            int iterationSteps)
            implements Serializable {

        public Rates {
            check("rates.rate", rate, Double.MIN_VALUE, 1);
            check("rates.weightDecay", weightDecay, 0, 1);
            check("rates.clipNorm", clipNorm, Double.MIN_VALUE, Double.MAX_VALUE);
            check("rates.teacherDecay", teacherDecay, 0, Math.nextDown(1.0));
            check("rates.iterationSteps", iterationSteps, 1, 1_000_000_000);
        }

        /** Measured on turning clothes in batches of 128. */
        public static Rates defaults() {
            return new Rates(1e-3, 1e-2, 5, 0.98, 15);
        }
    }

    /**
     * Watches the pseudo-labels.
     *
     * @param entropyShare the teacher stays as it is while the entropy of the running shares of the
     *     pseudo-labels is below this times ln C; 0: never; in [0, 1]
     * @param acceptProbability a pseudo-label counts as accepted in the telemetry if the teacher
     *     gives it at least this probability, in [0, 1]
     * @param collapseSteps updates on target examples from one measurement of neural collapse (the
     *     student's last layer under the teacher's labels) to the next, left out where that one had
     *     labels; 0: never; in [0, 1000000000]
     */
    public record Guard(double entropyShare, double acceptProbability, int collapseSteps)
            implements Serializable {

        private static final int COLLAPSE_STEPS = 16;

        public Guard {
            check("guard.entropyShare", entropyShare, 0, 1);
            check("guard.acceptProbability", acceptProbability, 0, 1);
            check("guard.collapseSteps", collapseSteps, 0, 1_000_000_000);
        }

        /** Measures neural collapse at every 16th update. */
        public Guard(double entropyShare, double acceptProbability) {
            this(entropyShare, acceptProbability, COLLAPSE_STEPS);
        }

        public static Guard defaults() {
            return new Guard(0.75, 0.9);
        }
    }

    /**
     * Watches unlabelled target examples for a shift, by what the student makes of them before it
     * learns them: Page-Hinkley and ADWIN its doubt (1 less the probability of its likeliest class)
     * for a rise, KSWIN random projections of its last layer's features for any change. Each is a
     * detector that can be left out.
     *
     * <p>Adaptation changes features and lowers doubt by design. So a model that learns is not
     * watched until its schedule has seen {@code graceExamples}, and with each start of the
     * schedule all detectors begin anew. Doubt may be watched all the same: only its rise is an
     * alarm.
     *
     * @param pageHinkleyThreshold sum of doubt above the mean that raises the alarm, in [0, 10^9];
     *     0: left out
     * @param pageHinkleyTolerance doubt above the mean that is not counted, in [0, 1]
     * @param adwinDelta bound on the chance of a false alarm at one cut, in [0, 1); 0: left out
     * @param kswinAlpha chance of a false alarm at one test, in [0, 1); 0: left out
     * @param kswinWindow values that each KSWIN keeps, above twice {@code kswinNewest}, at most
     *     100000
     * @param kswinNewest newest values that are compared with older ones, at least 2
     * @param projections random projections, each with a KSWIN of its own, in [1, 64]
     * @param graceExamples target examples since the schedule started that are not watched while
     *     the model learns, in [0, 10^15]
     * @param restart whether an alarm starts the schedule anew, from the model of then
     * @param adaptExamples target examples without labels that are learned after each start of the
     *     schedule; after those, and before the first start, the model stays as it is and is only
     *     watched; 0: it always learns; in [0, 10^15]
     */
    public record Drift(
            double pageHinkleyThreshold,
            double pageHinkleyTolerance,
            double adwinDelta,
            double kswinAlpha,
            int kswinWindow,
            int kswinNewest,
            int projections,
            long graceExamples,
            boolean restart,
            long adaptExamples)
            implements Serializable {

        public Drift {
            check("drift.pageHinkleyThreshold", pageHinkleyThreshold, 0, 1e9);
            check("drift.pageHinkleyTolerance", pageHinkleyTolerance, 0, 1);
            check("drift.adwinDelta", adwinDelta, 0, Math.nextDown(1.0));
            check("drift.kswinAlpha", kswinAlpha, 0, Math.nextDown(1.0));
            check("drift.kswinNewest", kswinNewest, 2, 50_000);
            check("drift.kswinWindow", kswinWindow, 2 * kswinNewest + 1, 100_000);
            check("drift.projections", projections, 1, 64);
            check("drift.graceExamples", (double) graceExamples, 0, 1e15);
            check("drift.adaptExamples", (double) adaptExamples, 0, 1e15);
            if (adaptExamples > 0 && !restart) {
                throw new IllegalArgumentException(
                        "drift.adaptExamples is %d, but without drift.restart nothing starts"
                                .formatted(adaptExamples));
            }
        }

        /** Nothing is watched. */
        public static Drift off() {
            return new Drift(0, 0, 0, 0, 512, 128, 1, 0, false, 0);
        }

        /**
         * Reports alarms and changes nothing. Page-Hinkley and ADWIN as is usual, KSWIN so that it
         * had no false alarm in 50,000 pictures of each of two tuning seeds while the model stayed
         * as it was. A model that learns moves its features: then KSWIN's alarms are mostly its
         * own.
         */
        public static Drift reporting() {
            return new Drift(50, 0.005, 0.002, 1e-5, 1024, 256, 4, 0, false, 0);
        }

        /**
         * The model stays as it is until an alarm, then learns so many target examples unwatched,
         * and stays again: what is watched never moves by itself.
         */
        public static Drift adaptingOnAlarm(long adaptExamples) {
            return new Drift(
                    50, 0.005, 0.002, 1e-5, 1024, 256, 4, adaptExamples, true, adaptExamples);
        }
    }

    public SelfTrainingConfig {
        check("reservoirPerClass", reservoirPerClass, 1, 100_000);
    }

    /** Does not watch for a shift. */
    public SelfTrainingConfig(
            Source source,
            Method method,
            Rates rates,
            Guard guard,
            int reservoirPerClass,
            long seed) {
        this(source, method, rates, guard, reservoirPerClass, seed, Drift.off());
    }

    /** The recipe that measured best on turning clothes, 10 passes over 10,000 of them. */
    public static SelfTrainingConfig defaults(Method method, long seed) {
        return new SelfTrainingConfig(
                new Source(1e-3, 780, 1e-4), method, Rates.defaults(), Guard.defaults(), 200, seed);
    }

    static AdamConfig adam() {
        return new AdamConfig(0.9, 0.999, 1e-8);
    }

    private static void check(String option, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(
                    "%s is %s, must be in [%s, %s]".formatted(option, value, low, high));
        }
    }
}
