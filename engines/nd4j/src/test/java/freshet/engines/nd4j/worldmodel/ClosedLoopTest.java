package freshet.engines.nd4j.worldmodel;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.ClosedLoopContract;

class ClosedLoopTest extends ClosedLoopContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
