package freshet.engines.libtorch.selftraining;

import freshet.learners.selftraining.SelfTrainingOrdersContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class SelfTrainingOrdersTest extends SelfTrainingOrdersContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
