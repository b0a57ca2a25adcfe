package freshet.learners.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Parameters, gradient, Adam and key search on one engine. */
public abstract class SessionContract {

    private static final AdamConfig ADAM = new AdamConfig(0.9, 0.99, 1e-8);

    /** loss = sum of w^2 / 2, so that the gradient is w itself. */
    private static final Program HALF_SQUARE =
            new Program() {
                @Override
                public <T> Map<String, T> outputs(
                        Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
                    T squares = ops.square(parameters.get("w"));
                    return Map.of(LOSS, ops.multiply(ops.sumAll(squares), 0.5));
                }
            };

    /** loss = sum of slope x w, so that the gradient is the input slope. */
    private static final Program SCALED =
            new Program() {
                @Override
                public <T> Map<String, T> outputs(
                        Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
                    T product = ops.multiply(parameters.get("w"), inputs.get("slope"));
                    return Map.of(LOSS, ops.sumAll(product));
                }
            };

    protected abstract TensorEngine engine();

    private Session open(float... values) {
        Layout layout = new Layout.Builder().add("w", random -> 0, values.length).build();
        return engine().open(layout, values, HALF_SQUARE);
    }

    @Test
    void adamMovesAsWorkedOutByHand() {
        try (Session session = open(1)) {
            session.differentiate(new Inputs(), Set.of());
            session.adam(ADAM, 0.1, 1, 1);
            // m = 0.1, v = 0.01; corrected 1 and 1: the first step is the rate.
            assertThat(session.parameters()[0]).isCloseTo(0.9f, within(1e-6f));

            session.differentiate(new Inputs(), Set.of());
            session.adam(ADAM, 0.1, 1, 2);
            // m = 0.18, v = 0.018; corrected 0.18 / 0.19 and 0.018 / 0.0199:
            // 0.9 - 0.1 * 0.94736842 / sqrt(0.90452261) = 0.80038857
            assertThat(session.parameters()[0]).isCloseTo(0.8003886f, within(1e-6f));
            assertThat(session.firstMoment()[0]).isCloseTo(0.18f, within(1e-7f));
            assertThat(session.secondMoment()[0]).isCloseTo(0.018f, within(1e-7f));
        }
    }

    @Test
    void gradientOverDeviationAsWorkedOutByHand() {
        try (Session session = open(0.1f, 0.3f, -0.2f)) {
            session.setMoments(new float[3], new float[] {0.01f, 0.01f, 0.01f});
            session.differentiate(new Inputs(), Set.of()); // the gradient is the weights
            // So late that the correction is 1: sqrt((1 + 9 + 4) / 3)
            double[] whole = session.gradientOverDeviation(ADAM, 1_000_000, 0, 3);
            assertThat(whole).hasSize(1);
            assertThat(whole[0]).isCloseTo(2.1602468995, within(1e-6));
            double[] parts = session.gradientOverDeviation(ADAM, 1_000_000, 0, 1, 1, 3);
            assertThat(parts[0]).isCloseTo(1, within(1e-6));
            assertThat(parts[1]).isZero();
            assertThat(parts[2]).isCloseTo(Math.sqrt((9 + 4) / 2.0), within(1e-6));
            // After one update v is 0.01 g^2, corrected g^2: 1 for each.
            session.setMoments(new float[3], new float[3]);
            session.adam(ADAM, 0.1, 1, 1);
            assertThat(session.gradientOverDeviation(ADAM, 1, 0, 3)[0]).isCloseTo(1, within(1e-6));
        }
    }

    /**
     * Two weights, three gradients that are not the weights'; to the rounding of a float near 2.
     */
    @Test
    void adamMovesAsInDoublePrecision() {
        Layout layout = new Layout.Builder().add("w", random -> 0, 2).build();
        try (Session session = engine().open(layout, new float[] {1, -2}, SCALED)) {
            double[][] gradients = {{.5, -.1}, {.1, .3}, {-1, .2}};
            double[][] expected = {
                {.999700000006, -1.99970000003},
                {.9994590877192, -1.9998482569734},
                {.9995453238721, -2.0000475773221}
            };
            var adam = new AdamConfig(0.9, 0.999, 1e-8);
            for (int step = 0; step < 3; step++) {
                float[] slope = {(float) gradients[step][0], (float) gradients[step][1]};
                session.differentiate(new Inputs().put("slope", slope, 2), Set.of());
                session.adam(adam, 3e-4, 1, step + 1);
                for (int i = 0; i < 2; i++) {
                    assertThat((double) session.parameters()[i])
                            .isCloseTo(expected[step][i], within(3e-7));
                }
            }
        }
    }

    @Test
    void theGradientIsScaledBeforeTheMomentsSeeIt() {
        try (Session session = open(3, 4)) {
            session.differentiate(new Inputs(), Set.of());
            assertThat(session.gradientNorm()).isCloseTo(5, within(1e-6)); // 3, 4, 5

            session.adam(ADAM, 0.1, 1 / session.gradientNorm(), 1);

            // 0.1 * (0.6, 0.8), rounded twice
            assertThat(session.firstMoment()[0]).isCloseTo(0.06f, within(1e-8f));
            assertThat(session.firstMoment()[1]).isCloseTo(0.08f, within(1e-8f));
        }
    }

    @Test
    void tellsHowFarTheUpdateMovedTheWeights() {
        try (Session session = open(1, 1)) {
            session.differentiate(new Inputs(), Set.of());
            // Both move by 0.1 from 1: sqrt(0.02) / sqrt(2).
            assertThat(session.adam(ADAM, 0.1, 1, 1)).isCloseTo(0.1, within(1e-6));
        }
    }

    /** The gradient is w: 3, 4, 12. */
    @Test
    void anOptimiserSeesAndMovesItsStretchAlone() {
        try (Session session = open(3, 4, 12)) {
            Optimiser first = session.optimiser(0, 2);
            Optimiser same = session.optimiser(0, 2);
            Optimiser last = session.optimiser(2, 3);
            session.differentiate(new Inputs(), Set.of());
            assertThat(first.gradientNorm()).isCloseTo(5, within(1e-6));
            assertThat(last.gradientNorm()).isCloseTo(12, within(1e-6));
            assertThat(session.gradientNorm()).isCloseTo(13, within(1e-6));

            first.adam(ADAM, 0.5, 1, 1); // Adam's first step is the rate

            assertThat(session.parameters()[0]).isCloseTo(2.5f, within(1e-6f));
            assertThat(session.parameters()[1]).isCloseTo(3.5f, within(1e-6f));
            assertThat(session.parameters()[2]).isEqualTo(12);
            assertThat(first.firstMoment()[1]).isCloseTo(0.4f, within(1e-6f)); // 0.1 * 4
            assertThat(same.firstMoment()).containsExactly(0, 0);
            assertThat(last.secondMoment()).containsExactly(0);
            assertThat(session.firstMoment()).containsExactly(0, 0, 0);
            same.setMoments(first.firstMoment(), first.secondMoment());
            assertThat(same.secondMoment()).isEqualTo(first.secondMoment());
            assertThatThrownBy(() -> session.optimiser(1, 4))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[1, 4) of 3");
        }
    }

    @Test
    void parametersTrailBehindOthersByAShare() {
        try (Session session = open(1, 8, 0, -8)) {
            session.moveTowards(0, 2, 2, 0.25);
            // 0 + (1 - 0) / 4, -8 + 16 / 4
            assertThat(session.parameters()).containsExactly(1, 8, 0.25f, -4);
            assertThatThrownBy(() -> session.moveTowards(0, 3, 2, 0.5))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("of 4");
        }
    }

    @Test
    void optimisersAreFreedWithTheirSession() {
        long before = engine().nativeBytes();
        try (Session session = open(1, 2, 3)) {
            long bare = engine().nativeBytes();
            session.optimiser(1, 3);
            assertThat(engine().nativeBytes()).isEqualTo(bare + 2 * 2 * Float.BYTES);
        }
        assertThat(engine().nativeBytes()).isEqualTo(before);
    }

    @Test
    void weightDecayPullsTheParametersFromAnElementOnToZero() {
        try (Session session = open(1, -2, 3)) {
            session.differentiate(new Inputs(), Set.of());
            float[] before = session.gradient();

            session.addWeightDecay(0.5, 1);

            // 0.5 * -2 and 0.5 * 3 more
            assertThat(session.gradient())
                    .containsExactly(before[0], before[1] - 1f, before[2] + 1.5f);
            assertThatThrownBy(() -> session.addWeightDecay(0.5, 4))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("4 of 3");
        }
    }

    @Test
    void aGradientThatIsNotFiniteShowsInItsNorm() {
        try (Session session = open(1, Float.POSITIVE_INFINITY)) {
            session.differentiate(new Inputs(), Set.of());

            assertThat(session.gradientNorm()).isNotFinite();
        }
    }

    @Test
    void whatIsPutInComesOutBitForBit() {
        float[] values = {0.1f, -0f, Float.MIN_VALUE, 1e30f};
        try (Session session = open(1, 2, 3, 4)) {
            session.setParameters(values);
            session.setMoments(new float[] {4, 3, 2, 1}, values);

            assertThat(session.parameters()).isEqualTo(values);
            assertThat(session.firstMoment()).containsExactly(4, 3, 2, 1);
            assertThat(session.secondMoment()).isEqualTo(values);
            assertThatThrownBy(() -> session.setParameters(new float[3]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3")
                    .hasMessageContaining("4");
        }
    }

    @Test
    void thousandsOfStepsHoldNoMoreNativeMemoryThanTen() {
        long before = engine().nativeBytes();
        try (Session session = open(new float[64])) {
            step(session, 1, 10);
            long warm = heldObjects();
            long owned = engine().nativeBytes();

            step(session, 11, 5_000);

            assertThat(engine().nativeBytes()).isEqualTo(owned);
            // One forgotten tensor a step would be thousands, less what the collector found.
            assertThat(heldObjects() - warm).isLessThan(100);
        }
        assertThat(engine().nativeBytes()).isEqualTo(before);
    }

    /** Native objects that this engine's library holds now, those without an owner too. */
    protected abstract long heldObjects();

    private static void step(Session session, long from, long to) {
        for (long step = from; step <= to; step++) {
            session.differentiate(new Inputs(), Set.of(Program.LOSS));
            session.adam(ADAM, 1e-3, Math.min(1, 1 / session.gradientNorm()), step);
        }
    }

    @Test
    void distancesAreThoseOfBruteForce() {
        int width = 5;
        var random = new CounterRandom(3, 0, 0);
        float[] keys = gaussians(random, 7 * width);
        float[] queries = gaussians(random, 3 * width);
        try (KeyMatrix matrix = engine().keyMatrix(10, width)) {
            matrix.set(0, keys, 7);
            matrix.set(
                    2, java.util.Arrays.copyOf(queries, width), 1); // overwritten: the first query

            float[] distances = matrix.squaredDistances(queries, 3, 0, 7);

            System.arraycopy(queries, 0, keys, 2 * width, width);
            for (int query = 0; query < 3; query++) {
                for (int key = 0; key < 7; key++) {
                    double expected = 0;
                    for (int i = 0; i < width; i++) {
                        double difference =
                                (double) queries[query * width + i] - keys[key * width + i];
                        expected += difference * difference;
                    }
                    // |q|^2 + |k|^2 - 2 q.k of numbers near 5: seven digits of 20 at the most.
                    assertThat((double) distances[query * 7 + key])
                            .isCloseTo(expected, within(2e-5));
                }
            }
        }
    }

    @Test
    void theNearestRowsAreThoseOfAllDistances() {
        int width = 3;
        int keys = 4096 + 7; // more than one block
        var random = new CounterRandom(4, 0, 0);
        float[] queries = gaussians(random, 2 * width);
        try (KeyMatrix matrix = engine().keyMatrix(keys, width)) {
            matrix.set(0, gaussians(random, keys * width), keys);
            float[] all = matrix.squaredDistances(queries, 2, 0, keys);
            for (int rows : new int[] {0, 2, 4096, keys}) {
                NearestRows nearest = matrix.nearest(queries, 2, rows, 5);
                int k = Math.min(5, rows);
                assertThat(nearest.k()).isEqualTo(k);
                for (int query = 0; query < 2; query++) {
                    float[] sorted = Arrays.copyOfRange(all, query * keys, query * keys + rows);
                    Arrays.sort(sorted);
                    for (int i = 0; i < k; i++) {
                        int row = nearest.rows()[query * k + i];
                        // Blocks of a product may differ in the last bits.
                        assertThat(nearest.squaredDistances()[query * k + i])
                                .isCloseTo(sorted[i], within(2e-5f))
                                .isCloseTo(all[query * keys + row], within(2e-5f));
                    }
                    assertThat(Arrays.stream(nearest.rows(), query * k, (query + 1) * k).distinct())
                            .hasSize(k);
                }
            }
        }
    }

    private static float[] gaussians(CounterRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
