package freshet.engines.nd4j.parity;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.WholeModelContract;

class WholeModelParityTest extends WholeModelContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
