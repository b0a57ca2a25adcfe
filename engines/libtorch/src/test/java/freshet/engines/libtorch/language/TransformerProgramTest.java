package freshet.engines.libtorch.language;

import freshet.learners.language.TransformerProgramContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class TransformerProgramTest extends TransformerProgramContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
