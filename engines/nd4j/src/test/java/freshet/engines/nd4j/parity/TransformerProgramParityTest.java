package freshet.engines.nd4j.parity;

import freshet.learners.language.TransformerProgramContract;
import freshet.learners.tensor.TensorEngine;

class TransformerProgramParityTest extends TransformerProgramContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
