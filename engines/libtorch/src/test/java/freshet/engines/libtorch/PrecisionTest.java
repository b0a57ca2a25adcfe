package freshet.engines.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.LearnerSnapshot;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Precision;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products in bfloat16 are near those in float32, and all else is the same. */
class PrecisionTest {

    private static final TensorEngine PLAIN = TensorEngines.start("libtorch", 1);
    private static final TensorEngine NARROW =
            TensorEngines.start(EngineSettings.cpu("libtorch", 1).in(Precision.BFLOAT16));

    private static final int SIZE = 6;
    private static final Layout LAYOUT =
            new Layout.Builder()
                    .add("left", CounterRandom::nextGaussian, SIZE, SIZE)
                    .add("right", CounterRandom::nextGaussian, SIZE, SIZE)
                    .add("bias", CounterRandom::nextGaussian, SIZE)
                    .add("kernels", CounterRandom::nextGaussian, 2, 1, 3, 3)
                    .add("biases", CounterRandom::nextGaussian, 2)
                    .build();

    /** One product of the parameters. */
    private interface Product {
        <T> T of(Ops<T> ops, Map<String, T> parameters);
    }

    private record Summed(String name, Product product) implements Program {
        @Override
        public <T> Map<String, T> outputs(
                Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            T result = product.of(ops, parameters);
            return Map.of("result", result, LOSS, ops.sumAll(ops.square(result)));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Summed> products() {
        return Stream.of(
                new Summed(
                        "matmul",
                        new Product() {
                            @Override
                            public <T> T of(Ops<T> ops, Map<String, T> p) {
                                return ops.matmul(p.get("left"), p.get("right"));
                            }
                        }),
                new Summed(
                        "addMatmul",
                        new Product() {
                            @Override
                            public <T> T of(Ops<T> ops, Map<String, T> p) {
                                return ops.addMatmul(p.get("bias"), p.get("left"), p.get("right"));
                            }
                        }),
                new Summed(
                        "conv2d",
                        new Product() {
                            @Override
                            public <T> T of(Ops<T> ops, Map<String, T> p) {
                                T images = ops.reshape(p.get("left"), 1, 1, SIZE, SIZE);
                                return ops.conv2d(images, p.get("kernels"), p.get("biases"), 1, 1);
                            }
                        }));
    }

    private static float[] values() {
        var random = new CounterRandom(1, 0, 0);
        float[] values = new float[LAYOUT.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("products")
    void productsAndTheirGradientsAreNear(Summed program) {
        try (Session plain = PLAIN.open(LAYOUT, values(), program);
                Session narrow = NARROW.open(LAYOUT, values(), program)) {
            float[] expected = plain.differentiate(new Inputs(), Set.of("result")).get("result");
            float[] actual = narrow.differentiate(new Inputs(), Set.of("result")).get("result");
            near(actual, expected);
            near(narrow.gradient(), plain.gradient());
        }
    }

    /** Each of up to 9 terms is off by three roundings of 2^-9, relative to the largest. */
    private static void near(float[] actual, float[] expected) {
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(actual).isNotEqualTo(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("element %d", i)
                    .isCloseTo(expected[i], within(9 * 3 * largest / 512));
        }
    }

    @Test
    void whatIsNoProductIsTheSame() {
        var program =
                new Summed(
                        "softmax",
                        new Product() {
                            @Override
                            public <T> T of(Ops<T> ops, Map<String, T> p) {
                                return ops.multiply(
                                        ops.logSoftmax(p.get("left"), 1), p.get("bias"));
                            }
                        });
        try (Session plain = PLAIN.open(LAYOUT, values(), program);
                Session narrow = NARROW.open(LAYOUT, values(), program)) {
            assertThat(narrow.differentiate(new Inputs(), Set.of("result")).get("result"))
                    .isEqualTo(plain.differentiate(new Inputs(), Set.of("result")).get("result"));
            assertThat(narrow.gradient()).isEqualTo(plain.gradient());
        }
    }

    /** Either way: the bits would differ. */
    @Test
    void snapshotsOfOnePrecisionAreRefusedByTheOther() {
        assertThat(NARROW.metadata()).containsEntry("engine.precision", "bfloat16");
        for (TensorEngine made : new TensorEngine[] {PLAIN, NARROW}) {
            TensorEngine other = made.equals(PLAIN) ? NARROW : PLAIN;
            var metadata = new java.util.TreeMap<>(made.metadata());
            metadata.put(LearnerSnapshot.CONFIGURATION, "c");
            var snapshot = new LearnerSnapshot("k", 1, 0, metadata, new byte[0]);
            snapshot.check("k", 1, 1, "c", made.metadata());
            assertThatThrownBy(() -> snapshot.check("k", 1, 1, "c", other.metadata()))
                    .hasMessageContaining("engine.precision");
            snapshot.adoptedBy(other.metadata()).check("k", 1, 1, "c", other.metadata());
        }
    }
}
