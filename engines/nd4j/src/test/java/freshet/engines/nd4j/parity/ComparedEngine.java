package freshet.engines.nd4j.parity;

import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.util.Map;

/**
 * libtorch, but all that it computes is computed on ND4J, too, from the same parameters, and must
 * agree. So whatever a learner's contract runs is a comparison of the two engines.
 */
final class ComparedEngine implements TensorEngine {

    static final TensorEngine INSTANCE =
            new ComparedEngine(TensorEngines.start("libtorch", 1), TensorEngines.start("nd4j", 1));

    private final TensorEngine libtorch;
    private final TensorEngine nd4j;

    private ComparedEngine(TensorEngine libtorch, TensorEngine nd4j) {
        this.libtorch = libtorch;
        this.nd4j = nd4j;
    }

    @Override
    public Map<String, String> metadata() {
        return libtorch.metadata();
    }

    @Override
    public Session open(Layout layout, float[] parameters, Program program) {
        return new ComparedSession(
                libtorch.open(layout, parameters, program), nd4j.open(layout, parameters, program));
    }

    @Override
    public KeyMatrix keyMatrix(int capacity, int width) {
        return libtorch.keyMatrix(capacity, width);
    }

    @Override
    public long nativeBytes() {
        return libtorch.nativeBytes() + nd4j.nativeBytes();
    }
}
