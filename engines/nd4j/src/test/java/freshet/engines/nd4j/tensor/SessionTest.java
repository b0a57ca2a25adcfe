package freshet.engines.nd4j.tensor;

import freshet.learners.tensor.SessionContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import org.bytedeco.javacpp.Pointer;

class SessionTest extends SessionContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }

    @Override
    protected long heldObjects() {
        return Pointer.totalCount();
    }
}
