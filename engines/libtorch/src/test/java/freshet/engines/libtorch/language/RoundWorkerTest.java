package freshet.engines.libtorch.language;

import freshet.learners.language.RoundWorkerContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class RoundWorkerTest extends RoundWorkerContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
