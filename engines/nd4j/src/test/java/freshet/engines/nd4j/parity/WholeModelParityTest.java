package freshet.engines.nd4j.parity;

import freshet.learners.worldmodel.WholeModelContract;
import freshet.learners.tensor.TensorEngine;

class WholeModelParityTest extends WholeModelContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
