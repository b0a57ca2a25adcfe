package freshet.engines.libtorch.language;

import freshet.learners.language.LanguageLearnerContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class LanguageLearnerTest extends LanguageLearnerContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
