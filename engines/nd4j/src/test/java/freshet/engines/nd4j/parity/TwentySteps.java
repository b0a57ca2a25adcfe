package freshet.engines.nd4j.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.learners.tensor.Weights;
import java.util.List;

/** Twenty updates of one learner on two engines, each going on from its own weights. */
final class TwentySteps {

    private static final int STEPS = 20;

    private TwentySteps() {}

    /**
     * @param loss largest difference of a step's losses, relative
     * @param weights distance between the published weights at the end, relative to how far they
     *     came from where they began
     */
    static <B> void agree(
            OnlineLearner<B> one,
            OnlineLearner<B> other,
            List<B> batches,
            double loss,
            double weights) {
        float[] start = Weights.fromBytes(one.publish().bytes());
        for (int step = 0; step < STEPS; step++) {
            B batch = batches.get(step % batches.size());
            StepReport expected = one.step(batch);
            StepReport actual = other.step(batch);
            assertThat(actual.applied()).isEqualTo(expected.applied());
            assertThat(actual.loss())
                    .as("loss of step %d", step)
                    .isCloseTo(expected.loss(), within(loss * Math.max(1, expected.loss())));
        }
        float[] end = Weights.fromBytes(one.publish().bytes());
        float[] otherEnd = Weights.fromBytes(other.publish().bytes());
        double way = distance(start, end);
        assertThat(way).isPositive();
        assertThat(distance(end, otherEnd) / way).isCloseTo(0, within(weights));
    }

    private static double distance(float[] from, float[] to) {
        double squares = 0;
        for (int i = 0; i < from.length; i++) {
            squares += ((double) to[i] - from[i]) * ((double) to[i] - from[i]);
        }
        return Math.sqrt(squares);
    }
}
