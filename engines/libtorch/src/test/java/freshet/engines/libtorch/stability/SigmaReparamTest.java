package freshet.engines.libtorch.stability;

import freshet.learners.stability.SigmaReparamContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class SigmaReparamTest extends SigmaReparamContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
