package freshet.engines.nd4j.worldmodel;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.WindowLearnerContract;

class WindowLearnerTest extends WindowLearnerContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
