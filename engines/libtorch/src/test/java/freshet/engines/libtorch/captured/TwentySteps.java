package freshet.engines.libtorch.captured;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.LearnerSnapshot;
import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.util.List;
import java.util.function.Function;

/**
 * Twenty updates of one learner, each operation as it comes and as recorded steps. On a GPU if the
 * system property {@code freshet.device} names one, see docs/decisions/0024.
 */
final class TwentySteps {

    private static final EngineSettings SETTINGS =
            EngineSettings.cpu("libtorch", 1).on(System.getProperty("freshet.device", "cpu"));

    static final TensorEngine EAGER = TensorEngines.start(SETTINGS);
    static final TensorEngine CAPTURED = TensorEngines.start(SETTINGS.capturing(true));

    private static final int STEPS = 20;

    private TwentySteps() {}

    /**
     * @param newLearner the same one on any engine
     */
    static <B> void areEqual(Function<TensorEngine, OnlineLearner<B>> newLearner, List<B> batches) {
        try (var eager = newLearner.apply(EAGER);
                var captured = newLearner.apply(CAPTURED)) {
            LearnerSnapshot start = eager.snapshot();
            for (int step = 0; step < STEPS; step++) {
                B batch = batches.get(step % batches.size());
                StepReport expected = eager.step(batch);
                StepReport actual = captured.step(batch);
                assertThat(actual).as("step %d", step).isEqualTo(expected);
            }
            assertThat(captured.snapshot().payload()).isEqualTo(eager.snapshot().payload());
            assertThat(eager.snapshot()).isNotEqualTo(start);
        }
    }
}
