package freshet.engines.nd4j.selftraining;

import freshet.learners.selftraining.SelfTrainingOrdersContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class SelfTrainingOrdersTest extends SelfTrainingOrdersContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
