package freshet.engines.nd4j.language;

import freshet.learners.language.TransformerProgramContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class TransformerProgramTest extends TransformerProgramContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
