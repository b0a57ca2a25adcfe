package freshet.engines.nd4j.selftraining;

import freshet.learners.selftraining.SelfTrainingLearnerContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class SelfTrainingLearnerTest extends SelfTrainingLearnerContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
