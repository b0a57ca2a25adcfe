package freshet.engines.nd4j.parity;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
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
        engine = TensorEngines.start("libtorch", 1);
        try (var libtorch = newLearner(1)) {
            engine = TensorEngines.start("nd4j", 1);
            try (var nd4j = newLearner(1)) {
                TwentySteps.agree(libtorch, nd4j, batches(), 1e-5, 1e-3);
            }
        }
    }
}
