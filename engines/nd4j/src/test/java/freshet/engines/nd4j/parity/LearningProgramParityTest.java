package freshet.engines.nd4j.parity;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.LearningProgramContract;

class LearningProgramParityTest extends LearningProgramContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
