package freshet.engines.nd4j.language;

import freshet.learners.language.LanguageOrdersContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class LanguageOrdersTest extends LanguageOrdersContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
