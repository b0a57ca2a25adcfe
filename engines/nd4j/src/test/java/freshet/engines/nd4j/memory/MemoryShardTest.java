package freshet.engines.nd4j.memory;

import freshet.learners.memory.MemoryShardContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class MemoryShardTest extends MemoryShardContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("nd4j", 1);
    }
}
