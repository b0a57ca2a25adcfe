package freshet.engines.nd4j.parity;

import freshet.learners.selftraining.ClassifierProgramContract;
import freshet.learners.tensor.TensorEngine;

class ClassifierProgramParityTest extends ClassifierProgramContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
