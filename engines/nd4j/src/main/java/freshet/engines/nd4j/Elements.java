package freshet.engines.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarAdd;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMin;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMultiplication;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarSet;

/** ND4J's operations of an array and a number. */
final class Elements {

    private Elements() {}

    static Op add(INDArray in, INDArray out, double number) {
        return new ScalarAdd(in, null, out, number);
    }

    static Op multiply(INDArray in, INDArray out, double number) {
        return new ScalarMultiplication(in, null, out, number);
    }

    static Op maximum(INDArray in, INDArray out, double number) {
        return new ScalarMax(in, null, out, number);
    }

    static Op minimum(INDArray in, INDArray out, double number) {
        return new ScalarMin(in, null, out, number);
    }

    static Op fill(INDArray out, double number) {
        return new ScalarSet(out, null, out, number);
    }
}
