package freshet.engines.nd4j.selftraining;

import freshet.learners.selftraining.ClassifierProgramContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class ClassifierProgramTest extends ClassifierProgramContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
