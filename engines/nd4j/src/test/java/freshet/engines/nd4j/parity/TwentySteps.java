package freshet.engines.nd4j.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.tensor.Weights;
import java.util.List;
import java.util.function.Function;

/** Twenty updates of one learner on two engines, each going on from its own weights. */
final class TwentySteps {

    private static final int STEPS = 20;

    /** Largest difference of a step's losses, relative. */
    private static final double LOSS = 1e-5;

    /** Largest distance between the weights at the end, relative to the way that they came. */
    private static final double WEIGHTS = 1e-3;

    private TwentySteps() {}

    /**
     * @param newLearner the same one on any engine
     */
    static <B> void agree(Function<TensorEngine, OnlineLearner<B>> newLearner, List<B> batches) {
        try (var libtorch = newLearner.apply(TensorEngines.start("libtorch", 1));
                var nd4j = newLearner.apply(TensorEngines.start("nd4j", 1))) {
            agree(libtorch, nd4j, batches);
        }
    }

    private static <B> void agree(OnlineLearner<B> one, OnlineLearner<B> other, List<B> batches) {
        float[] start = Weights.fromBytes(one.publish().bytes());
        for (int step = 0; step < STEPS; step++) {
            B batch = batches.get(step % batches.size());
            StepReport expected = one.step(batch);
            StepReport actual = other.step(batch);
            assertThat(actual.applied()).isEqualTo(expected.applied());
            assertThat(actual.loss())
                    .as("loss of step %d", step)
                    .isCloseTo(expected.loss(), within(LOSS * Math.max(1, expected.loss())));
        }
        float[] end = Weights.fromBytes(one.publish().bytes());
        float[] otherEnd = Weights.fromBytes(other.publish().bytes());
        double way = distance(start, end);
        assertThat(way).isPositive();
        assertThat(distance(end, otherEnd) / way).isCloseTo(0, within(WEIGHTS));
    }

    private static double distance(float[] from, float[] to) {
        double squares = 0;
        for (int i = 0; i < from.length; i++) {
            squares += ((double) to[i] - from[i]) * ((double) to[i] - from[i]);
        }
        return Math.sqrt(squares);
    }
}
