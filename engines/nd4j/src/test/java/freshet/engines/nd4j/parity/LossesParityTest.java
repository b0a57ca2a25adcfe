package freshet.engines.nd4j.parity;

import freshet.learners.worldmodel.LossesContract;
import freshet.learners.tensor.TensorEngine;

class LossesParityTest extends LossesContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
