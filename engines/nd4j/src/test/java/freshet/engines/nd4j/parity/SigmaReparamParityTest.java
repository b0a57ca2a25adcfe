package freshet.engines.nd4j.parity;

import freshet.learners.stability.SigmaReparamContract;
import freshet.learners.tensor.TensorEngine;

class SigmaReparamParityTest extends SigmaReparamContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
