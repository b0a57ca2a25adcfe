package freshet.engines.nd4j.language;

import freshet.learners.language.ProbeGuardContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class ProbeGuardTest extends ProbeGuardContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
