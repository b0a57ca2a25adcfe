package freshet.engines.libtorch.captured;

import freshet.learners.OnlineLearner;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.selftraining.SelfTrainingLearnerContract;
import freshet.learners.tensor.TensorEngine;
import java.util.List;
import java.util.function.Function;

class SelfTrainingLearnerCapturedTest extends SelfTrainingLearnerContract
        implements Captured<ExampleBatch> {

    private TensorEngine engine = TwentySteps.CAPTURED;

    @Override
    protected TensorEngine engine() {
        return engine;
    }

    @Override
    public Function<TensorEngine, OnlineLearner<ExampleBatch>> learners() {
        return on -> {
            engine = on;
            return newLearner(1);
        };
    }

    @Override
    public List<ExampleBatch> content() {
        return batches();
    }
}
