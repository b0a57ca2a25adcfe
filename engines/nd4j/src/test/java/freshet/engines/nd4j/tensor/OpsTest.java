package freshet.engines.nd4j.tensor;

import freshet.learners.tensor.OpsContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class OpsTest extends OpsContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
