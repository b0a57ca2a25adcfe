package freshet.engines.nd4j.language;

import freshet.learners.language.LanguageLearnerContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class LanguageLearnerTest extends LanguageLearnerContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
