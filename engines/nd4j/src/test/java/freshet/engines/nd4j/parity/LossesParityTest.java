package freshet.engines.nd4j.parity;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.LossesContract;

class LossesParityTest extends LossesContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
