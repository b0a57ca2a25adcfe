package freshet.learners.tensor;

import java.util.Map;

/**
 * A pure function from parameters and inputs to named outputs, the same for every engine.
 *
 * <p>For a {@link Session#differentiate} it must put a scalar under {@link #LOSS}.
 */
@FunctionalInterface
public interface Program {

    String LOSS = "loss";

    <T> Map<String, T> outputs(Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs);

    /**
     * Rows that matrices and pictures are multiplied by at a time, where what a row becomes must
     * not depend on how many there are: kernels for more rows add up in another order, and which
     * numbers of rows share a kernel is the processor's affair. Products of another number of rows
     * than a multiple of it are made at once. 0: all are.
     */
    default int rowsTogether() {
        return 0;
    }
}
