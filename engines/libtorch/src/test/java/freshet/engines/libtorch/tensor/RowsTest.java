package freshet.engines.libtorch.tensor;

import freshet.learners.tensor.RowsContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class RowsTest extends RowsContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
