package freshet.engines.nd4j.parity;

import freshet.learners.worldmodel.LearningProgramContract;
import freshet.learners.tensor.TensorEngine;

class LearningProgramParityTest extends LearningProgramContract {

    @Override
    protected TensorEngine engine() {
        return ComparedEngine.INSTANCE;
    }
}
