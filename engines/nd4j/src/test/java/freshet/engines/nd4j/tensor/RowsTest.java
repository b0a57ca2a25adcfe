package freshet.engines.nd4j.tensor;

import freshet.learners.tensor.RowsContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class RowsTest extends RowsContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
