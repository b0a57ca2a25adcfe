package freshet.engines.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Calls of the native library in order, each prepared once: a call then allocates nothing and
 * computes no shapes, which is most of what a small operation costs in ND4J.
 */
final class Steps {

    private static final long[] NO_INTEGERS = {};
    private static final double[] NO_NUMBERS = {};
    private static final boolean[] NO_FLAGS = {};

    private final OpExecutioner executioner = Nd4j.getExecutioner();
    private final List<Runnable> steps = new ArrayList<>();

    void run() {
        for (Runnable step : steps) {
            step.run();
        }
    }

    int size() {
        return steps.size();
    }

    void add(Runnable step) {
        steps.add(step);
    }

    void add(Op operation) {
        steps.add(() -> executioner.exec(operation));
    }

    void add(String name, INDArray[] inputs, INDArray output, long... integers) {
        add(name, inputs, output, integers, NO_NUMBERS, NO_FLAGS);
    }

    void add(
            String name,
            INDArray[] inputs,
            INDArray output,
            long[] integers,
            double[] numbers,
            boolean[] flags) {
        CustomOp operation = DynamicCustomOp.builder(name).build();
        OpContext context = Nd4j.getExecutioner().buildContext();
        context.setInputArrays(inputs);
        context.setOutputArrays(output);
        context.shapeFunctionOverride(true); // the output is there, and of the right shape
        if (integers.length > 0) {
            context.setIArguments(integers);
        }
        if (numbers.length > 0) {
            context.setTArguments(numbers);
        }
        if (flags.length > 0) {
            context.setBArguments(flags);
        }
        steps.add(() -> executioner.exec(operation, context));
    }

    static long[] none() {
        return NO_INTEGERS;
    }
}
