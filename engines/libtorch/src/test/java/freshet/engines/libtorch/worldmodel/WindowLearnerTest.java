package freshet.engines.libtorch.worldmodel;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.WindowLearnerContract;

class WindowLearnerTest extends WindowLearnerContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
