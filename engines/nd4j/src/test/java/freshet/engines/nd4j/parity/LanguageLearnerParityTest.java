package freshet.engines.nd4j.parity;

import freshet.learners.language.LanguageLearnerContract;
import freshet.learners.tensor.TensorEngine;
import org.junit.jupiter.api.Test;

class LanguageLearnerParityTest extends LanguageLearnerContract {

    private TensorEngine engine = ComparedEngine.INSTANCE;

    @Override
    protected TensorEngine engine() {
        return engine;
    }

    @Test
    void twentyStepsAgree() {
        TwentySteps.agree(
                on -> {
                    engine = on;
                    return newLearner(1);
                },
                batches());
    }
}
