package freshet.engines.nd4j.parity;

import freshet.learners.language.ProbeGuardContract;
import freshet.learners.tensor.TensorEngine;

class ProbeGuardParityTest extends ProbeGuardContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
