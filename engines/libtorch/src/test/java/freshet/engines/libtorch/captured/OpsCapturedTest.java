package freshet.engines.libtorch.captured;

import freshet.learners.tensor.OpsContract;
import freshet.learners.tensor.TensorEngine;

class OpsCapturedTest extends OpsContract {

    @Override
    protected TensorEngine engine() {
        return TwentySteps.CAPTURED;
    }
}
