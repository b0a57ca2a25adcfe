package freshet.engines.libtorch.captured;

import freshet.learners.OnlineLearner;
import freshet.learners.language.LanguageLearnerContract;
import freshet.learners.language.TextBatch;
import freshet.learners.tensor.TensorEngine;
import java.util.List;
import java.util.function.Function;

class LanguageLearnerCapturedTest extends LanguageLearnerContract implements Captured<TextBatch> {

    private TensorEngine engine = TwentySteps.CAPTURED;

    @Override
    protected TensorEngine engine() {
        return engine;
    }

    @Override
    public Function<TensorEngine, OnlineLearner<TextBatch>> learners() {
        return on -> {
            engine = on;
            return newLearner(1);
        };
    }

    @Override
    public List<TextBatch> content() {
        return batches();
    }
}
