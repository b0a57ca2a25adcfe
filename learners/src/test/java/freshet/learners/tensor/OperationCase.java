package freshet.learners.tensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * One operation on small arguments, and what it should give.
 *
 * @param operation its name in {@link Ops}
 * @param arguments parameters, shape by name; their values are drawn from [low, high)
 * @param indices an index tensor handed over as input {@code indices}, or null
 * @param hasGradient whether the operation has one
 * @param call the operation on the engine
 * @param reference the same by hand, in doubles, on flat row-major arguments in order
 */
record OperationCase(
        String operation,
        Map<String, long[]> arguments,
        double low,
        double high,
        Indices indices,
        boolean hasGradient,
        Call call,
        Function<double[][], double[]> reference) {

    /** An index tensor. */
    record Indices(int[] values, long... shape) {}

    /** Calls an operation of an engine whose tensor type the case does not know. */
    @FunctionalInterface
    interface Call {
        Object on(Ops<Object> ops, Object[] arguments, Object indices);
    }

    static OperationCase of(
            String operation,
            Call call,
            Function<double[][], double[]> reference,
            long[]... shapes) {
        var arguments = new LinkedHashMap<String, long[]>();
        for (int i = 0; i < shapes.length; i++) {
            arguments.put("argument" + i, shapes[i]);
        }
        return new OperationCase(operation, arguments, -2, 2, null, true, call, reference);
    }

    OperationCase from(double newLow, double newHigh) {
        return new OperationCase(
                operation, arguments, newLow, newHigh, indices, hasGradient, call, reference);
    }

    OperationCase at(int[] values, long... shape) {
        return new OperationCase(
                operation,
                arguments,
                low,
                high,
                new Indices(values, shape),
                hasGradient,
                call,
                reference);
    }

    OperationCase withoutGradient() {
        return new OperationCase(operation, arguments, low, high, indices, false, call, reference);
    }

    Layout layout() {
        var layout = new Layout.Builder();
        arguments.forEach((name, shape) -> layout.add(name, random -> 0, shape));
        return layout.build();
    }

    @Override
    public String toString() {
        return operation + " " + arguments.values().stream().map(OperationCase::text).toList();
    }

    private static String text(long[] shape) {
        return java.util.Arrays.toString(shape);
    }
}
