package freshet.benchmarks.moons;

import freshet.learners.LearnerSnapshot;
import freshet.learners.ModelArtifact;
import freshet.learners.StepReport;
import freshet.learners.selftraining.Augmentation;
import freshet.learners.selftraining.Classifier;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.selftraining.LayeredNetwork;
import freshet.learners.selftraining.Perceptron;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingLearner;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.TensorEngine;

/**
 * One seed: points that are not turned are learned with their labels, then points that are turned
 * come without; others of those give the accuracy. The source is drawn anew for each batch, so that
 * nothing is learned twice.
 */
final class MoonsProtocol {

    static final double NOISE = 0.1;
    private static final int BATCH = 128;
    private static final int SOURCE_STEPS = 400;
    private static final int HELD_OUT = 2_000;

    private final TensorEngine engine;
    private final long seed;
    private final int events;
    private final LayeredNetwork network = new Perceptron(2, 32, 2, 2);
    private LearnerSnapshot sourceModel;

    /**
     * @param events target points of each run
     */
    MoonsProtocol(TensorEngine engine, long seed, int events) {
        this.engine = engine;
        this.seed = seed;
        this.events = events / BATCH * BATCH;
    }

    int events() {
        return events;
    }

    LayeredNetwork network() {
        return network;
    }

    static SelfTrainingConfig.Source source() {
        return new SelfTrainingConfig.Source(1e-2, SOURCE_STEPS, 1e-4);
    }

    /** Learns the source; what all methods start from. */
    void learnSource(SelfTrainingConfig config) {
        var random = new CounterRandom(seed, 3, 0);
        try (var learner = learner(config)) {
            for (int i = 0; i < SOURCE_STEPS; i++) {
                var moons = TwoMoons.draw(BATCH, 0, NOISE, random);
                applied(learner.step(ExampleBatch.source(moons.points(), moons.labels())));
            }
            sourceModel = learner.snapshot();
        }
    }

    /** The model after the target of a turn was seen. */
    ModelArtifact run(MoonsMethod method, double degrees, SelfTrainingConfig config) {
        var random = new CounterRandom(seed, 4, 0);
        try (var learner = learner(config)) {
            learner.restore(sourceModel);
            for (int at = 0; method != MoonsMethod.SOURCE && at < events; at += BATCH) {
                double turned =
                        method == MoonsMethod.SLOW_TURN
                                ? degrees * Math.min(1, at / (0.7 * events))
                                : degrees;
                var moons = TwoMoons.draw(BATCH, turned, NOISE, random);
                applied(learner.step(ExampleBatch.target(moons.points(), moons.count())));
            }
            return learner.publish();
        }
    }

    /** Points to judge a model by. */
    TwoMoons heldOut(double degrees) {
        return TwoMoons.draw(HELD_OUT, degrees, NOISE, new CounterRandom(seed, 5, 0));
    }

    /** Share that is classified right, in [0, 1]. */
    double accuracy(ModelArtifact model, TwoMoons moons) {
        try (var classifier = new Classifier(engine, network, BATCH, model)) {
            return (double) classifier.right(moons.points(), moons.labels()) / moons.count();
        }
    }

    private SelfTrainingLearner learner(SelfTrainingConfig config) {
        return new SelfTrainingLearner(engine, network, config, Augmentation.NONE);
    }

    private static void applied(StepReport report) {
        if (!report.applied()) {
            throw new IllegalStateException(report.refusal());
        }
    }
}
