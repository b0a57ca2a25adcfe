package freshet.engines.libtorch.worldmodel;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.PublicationGuardContract;

class PublicationGuardTest extends PublicationGuardContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
