package freshet.engines.nd4j.language;

import freshet.learners.language.LanguageModelContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class LanguageModelTest extends LanguageModelContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
