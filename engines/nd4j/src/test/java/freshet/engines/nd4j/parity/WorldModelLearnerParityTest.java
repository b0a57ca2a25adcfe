package freshet.engines.nd4j.parity;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.WorldModelLearnerContract;
import org.junit.jupiter.api.Test;

class WorldModelLearnerParityTest extends WorldModelLearnerContract {

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
