package freshet.learners.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation on one engine: value, gradient and what it says of wrong shapes. */
public abstract class OpsContract {

    private static final String RESULT = "result";
    private static final double ALSO = 0.5; // slope of what is added to every loss

    protected abstract TensorEngine engine();

    static Stream<OperationCase> cases() {
        return OperationCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void value(OperationCase one) {
        float[] values = values(one);
        try (Session session = open(one, values)) {
            float[] actual = session.run(inputs(one), Set.of(RESULT)).get(RESULT);

            double[] expected = one.reference().apply(split(one, wide(values)));
            assertThat(actual).hasSize(expected.length);
            for (int i = 0; i < expected.length; i++) {
                // Sums of up to 18 products of 32-bit floats below 4.
                assertThat((double) actual[i]).isCloseTo(expected[i], within(2e-5));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradient(OperationCase one) {
        float[] values = values(one);
        try (Session session = open(one, values)) {
            session.differentiate(inputs(one), Set.of());
            float[] actual = session.gradient();

            for (int i = 0; i < actual.length; i++) {
                double expected = ALSO + (one.hasGradient() ? difference(one, values, i) : 0);
                // The difference is taken in doubles, so what is left is the engine's rounding.
                assertThat((double) actual[i])
                        .as("element %d of %d", i, actual.length)
                        .isCloseTo(expected, within(1e-4));
            }
        }
    }

    /** Or a learner would not see that its batch does harm. */
    @ParameterizedTest
    @MethodSource("cases")
    void whatIsNotANumberIsNeverDropped(OperationCase one) {
        if (Set.of("constant", "scalar", "zeros", "greater").contains(one.operation())) {
            return; // these do not show it
        }
        int size = values(one).length;
        for (int element = 0; element < size; element++) {
            float[] values = values(one);
            values[element] = Float.NaN;
            double[] expected = one.reference().apply(split(one, wide(values)));
            try (Session session = open(one, values)) {
                float[] actual = session.run(inputs(one), Set.of(RESULT)).get(RESULT);
                for (int i = 0; i < expected.length; i++) {
                    if (Double.isNaN(expected[i])) {
                        assertThat(actual[i]).as("element %d of NaN %d", i, element).isNaN();
                    }
                }
            }
        }
    }

    @Test
    void everyOperationHasACase() {
        Set<String> covered = cases().map(OperationCase::operation).collect(Collectors.toSet());
        Set<String> all =
                Arrays.stream(Ops.class.getDeclaredMethods())
                        .map(Method::getName)
                        .filter(name -> !name.equals("shape") && !name.contains("$"))
                        .collect(Collectors.toSet());
        assertThat(covered).isEqualTo(all);
    }

    /** An overload, too, such as add of a number, needs a case that calls it. */
    @Test
    @SuppressWarnings("unchecked") // a proxy is of a raw type
    void everyOverloadIsCalledBySomeCase() {
        Set<Method> called = new HashSet<>();
        Ops<Object> recorder =
                (Ops<Object>)
                        Proxy.newProxyInstance(
                                Ops.class.getClassLoader(),
                                new Class<?>[] {Ops.class},
                                (proxy, method, arguments) -> {
                                    called.add(method);
                                    return method.getReturnType() == List.class
                                            ? List.of(new Object())
                                            : new Object();
                                });
        cases().forEach(
                        one -> {
                            Object[] arguments = new Object[one.arguments().size()];
                            Arrays.setAll(arguments, i -> new Object());
                            one.call().on(recorder, arguments, new Object());
                        });
        assertThat(called)
                .containsAll(
                        Arrays.stream(Ops.class.getDeclaredMethods())
                                .filter(method -> !method.isSynthetic())
                                .filter(method -> !method.getName().equals("shape"))
                                .toList());
    }

    /** Wrong shapes, and what the message must name. */
    static Stream<WrongShape> wrongShapes() {
        return Stream.of(
                wrong("add", (ops, a, i) -> ops.add(a[0], a[1]), "[2, 3]", "[4]"),
                wrong("subtract", (ops, a, i) -> ops.subtract(a[0], a[1]), "[2, 3]", "[4]"),
                wrong("multiply", (ops, a, i) -> ops.multiply(a[0], a[1]), "[2, 3]", "[4]"),
                wrong("divide", (ops, a, i) -> ops.divide(a[0], a[1]), "[2, 3]", "[4]"),
                wrong("minimum", (ops, a, i) -> ops.minimum(a[0], a[1]), "[2, 3]", "[4]"),
                wrong("maximum", (ops, a, i) -> ops.maximum(a[0], a[1]), "[2, 3]", "[4]"),
                wrong("greater", (ops, a, i) -> ops.greater(a[0], a[1]), "[2, 3]", "[4]"),
                wrong("where", (ops, a, i) -> ops.where(a[0], a[0], a[1]), "[2, 3]", "[4]"),
                wrong("matmul", (ops, a, i) -> ops.matmul(a[0], a[1]), "[2, 3]", "[4]"),
                wrong("addMatmul", (ops, a, i) -> ops.addMatmul(a[1], a[0], a[0]), "[4]", "[2, 3]"),
                wrong(
                        "layerNorm",
                        (ops, a, i) -> ops.layerNorm(a[0], a[1], a[1], 1e-5),
                        "[2, 3]",
                        "[4]"),
                wrong("layerNorm", (ops, a, i) -> ops.layerNorm(ops.scalar(1), 1e-5), "[]", "-1"),
                wrong("reshape", (ops, a, i) -> ops.reshape(a[0], 5), "[2, 3]", "[5]"),
                wrong(
                        "broadcastTo",
                        (ops, a, i) -> ops.broadcastTo(a[0], 2, 4),
                        "[2, 3]",
                        "[2, 4]"),
                wrong("transpose", (ops, a, i) -> ops.transpose(a[0], 0, 2), "[2, 3]", "2"),
                wrong("permute", (ops, a, i) -> ops.permute(a[0], 0), "[2, 3]", "1"),
                wrong("slice", (ops, a, i) -> ops.slice(a[0], 1, 2, 4), "[2, 3]", "[2, 4)"),
                wrong("split", (ops, a, i) -> ops.split(a[0], 1, 2).get(0), "[2, 3]", "of 2"),
                wrong("concat", (ops, a, i) -> ops.concat(List.of(a[0], a[1]), 0), "[2, 3]", "[4]"),
                wrong("sum", (ops, a, i) -> ops.sum(a[0], false, 2), "[2, 3]", "2"),
                wrong("mean", (ops, a, i) -> ops.mean(a[0], false, -3), "[2, 3]", "-3"),
                wrong("max", (ops, a, i) -> ops.max(a[0], false, 2), "[2, 3]", "2"),
                wrong("logSumExp", (ops, a, i) -> ops.logSumExp(a[0], false, 2), "[2, 3]", "2"),
                wrong("softmax", (ops, a, i) -> ops.softmax(a[0], 2), "[2, 3]", "2"),
                wrong("logSoftmax", (ops, a, i) -> ops.logSoftmax(a[0], 2), "[2, 3]", "2"),
                wrong("rows", (ops, a, i) -> ops.rows(a[1], i), "[4]", "[N, D]"),
                wrong("pick", (ops, a, i) -> ops.pick(a[0], i), "[2, 3]", "[1]"),
                wrong("conv2d", (ops, a, i) -> ops.conv2d(a[0], a[0], a[1], 1, 0), "[2, 3]", "[4]"),
                wrong(
                        "groupNorm",
                        (ops, a, i) -> ops.groupNorm(a[0], a[1], a[1], 2, 1e-5),
                        "[2, 3]",
                        "[4]"),
                wrong("maxPool2d", (ops, a, i) -> ops.maxPool2d(a[0], 2, 2), "[2, 3]", "[2, 2]"),
                wrong(
                        "averagePool2d",
                        (ops, a, i) -> ops.averagePool2d(a[0], 2, 2),
                        "[2, 3]",
                        "[2, 2]"));
    }

    @ParameterizedTest
    @MethodSource("wrongShapes")
    void aWrongShapeIsNamedWithItsCounterpart(WrongShape wrong) {
        OperationCase one = wrong.call();
        try (Session session = open(one, values(one))) {
            assertThatThrownBy(() -> session.run(inputs(one), Set.of(RESULT)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(one.operation())
                    .hasMessageContaining(wrong.left())
                    .hasMessageContaining(wrong.right());
        }
    }

    @Test
    void anIndexBeyondTheTableIsRefused() {
        OperationCase one =
                OperationCase.of(
                                "rows",
                                (ops, a, i) -> ops.rows(a[0], i),
                                a -> new double[0],
                                new long[] {4, 2})
                        .at(new int[] {4}, 1);
        try (Session session = open(one, values(one))) {
            assertThatThrownBy(() -> session.run(inputs(one), Set.of(RESULT)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rows")
                    .hasMessageContaining("[4, 2]");
        }
    }

    record WrongShape(OperationCase call, String left, String right) {
        @Override
        public String toString() {
            return call.operation();
        }
    }

    private static WrongShape wrong(
            String operation, OperationCase.Call call, String left, String right) {
        OperationCase one =
                OperationCase.of(
                                operation,
                                call,
                                a -> new double[0],
                                new long[] {2, 3},
                                new long[] {4})
                        .at(new int[] {0}, 1);
        return new WrongShape(one, left, right);
    }

    private Session open(OperationCase one, float[] values) {
        return engine().open(one.layout(), values, new CaseProgram(one, weights(one)));
    }

    private static Inputs inputs(OperationCase one) {
        var inputs = new Inputs();
        if (one.indices() != null) {
            inputs.put("indices", one.indices().values(), one.indices().shape());
        }
        return inputs;
    }

    private static float[] values(OperationCase one) {
        var random = new CounterRandom(11, 0, 0);
        float[] values = new float[one.layout().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (one.low() + (one.high() - one.low()) * random.nextDouble());
        }
        return values;
    }

    /** Weights of the result's elements in the loss, so that no gradient hides in a sum. */
    private static float[] weights(OperationCase one) {
        double[] result;
        try {
            result = one.reference().apply(split(one, wide(values(one))));
        } catch (RuntimeException e) {
            result = new double[0];
        }
        var random = new CounterRandom(12, 0, 0);
        float[] weights = new float[result.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (0.5 + random.nextDouble());
        }
        return weights;
    }

    private static double difference(OperationCase one, float[] values, int element) {
        double step = 1e-5;
        return (loss(one, values, element, step) - loss(one, values, element, -step)) / (2 * step);
    }

    private static double loss(OperationCase one, float[] values, int element, double move) {
        double[] moved = wide(values);
        moved[element] += move;
        double[] result = one.reference().apply(split(one, moved));
        float[] weights = weights(one);
        double loss = 0;
        for (int i = 0; i < result.length; i++) {
            loss += weights[i] * result[i];
        }
        return loss;
    }

    private static double[][] split(OperationCase one, double[] flat) {
        return one.layout().entries().stream()
                .map(
                        entry ->
                                Arrays.copyOfRange(
                                        flat, entry.offset(), entry.offset() + entry.size()))
                .toArray(double[][]::new);
    }

    private static double[] wide(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    /** loss = sum of weights x result + half the sum of all arguments. */
    private record CaseProgram(OperationCase one, float[] weights) implements Program {

        @Override
        @SuppressWarnings("unchecked") // the case hands back what the engine gave it
        public <T> Map<String, T> outputs(
                Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            T result =
                    (T)
                            one.call()
                                    .on(
                                            (Ops<Object>) ops,
                                            parameters.values().toArray(),
                                            inputs.get("indices"));
            Map<String, T> outputs = new LinkedHashMap<>();
            outputs.put(RESULT, result);
            long[] shape = ops.shape(result);
            T loss = ops.sumAll(ops.multiply(result, ops.constant(weights, shape)));
            for (T parameter : parameters.values()) {
                loss = ops.add(loss, ops.multiply(ops.sumAll(parameter), ALSO));
            }
            outputs.put(LOSS, loss);
            return outputs;
        }
    }
}
