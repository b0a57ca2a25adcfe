package freshet.engines.libtorch.memory;

import freshet.learners.memory.MemoryShardContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

class MemoryShardTest extends MemoryShardContract {

    @Override
    protected TensorEngine engine() {
        return TensorEngines.start("libtorch", 1);
    }
}
