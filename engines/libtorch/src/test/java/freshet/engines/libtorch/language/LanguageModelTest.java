package freshet.engines.libtorch.language;

import freshet.learners.language.LanguageModelContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class LanguageModelTest extends LanguageModelContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
