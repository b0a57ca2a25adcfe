package freshet.engines.nd4j.stability;

import freshet.learners.stability.SigmaReparamContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class SigmaReparamTest extends SigmaReparamContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
