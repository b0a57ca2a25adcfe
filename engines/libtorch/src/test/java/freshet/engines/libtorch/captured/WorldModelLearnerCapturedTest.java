package freshet.engines.libtorch.captured;

import freshet.learners.OnlineLearner;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.ExperienceBatch;
import freshet.learners.worldmodel.WorldModelLearnerContract;
import java.util.List;
import java.util.function.Function;

class WorldModelLearnerCapturedTest extends WorldModelLearnerContract
        implements Captured<ExperienceBatch> {

    private TensorEngine engine = TwentySteps.CAPTURED;

    @Override
    protected TensorEngine engine() {
        return engine;
    }

    @Override
    public Function<TensorEngine, OnlineLearner<ExperienceBatch>> learners() {
        return on -> {
            engine = on;
            return newLearner(1);
        };
    }

    @Override
    public List<ExperienceBatch> content() {
        return batches();
    }
}
