package freshet.engines.libtorch.captured;

import freshet.learners.tensor.SessionContract;
import freshet.learners.tensor.TensorEngine;

class SessionCapturedTest extends SessionContract {

    @Override
    protected TensorEngine engine() {
        return TwentySteps.CAPTURED;
    }

    @Override
    protected long heldObjects() {
        return org.bytedeco.javacpp.Pointer.totalCount();
    }
}
