package freshet.engines.libtorch.worldmodel;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.WorldModelOrdersContract;

class WorldModelOrdersTest extends WorldModelOrdersContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
