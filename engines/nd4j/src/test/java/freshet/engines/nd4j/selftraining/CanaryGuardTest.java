package freshet.engines.nd4j.selftraining;

import freshet.learners.selftraining.CanaryGuardContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class CanaryGuardTest extends CanaryGuardContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
