package freshet.engines.nd4j.parity;

import freshet.learners.tensor.OpsContract;
import freshet.learners.tensor.TensorEngine;

class OpsParityTest extends OpsContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
