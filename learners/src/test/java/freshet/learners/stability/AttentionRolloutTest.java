package freshet.learners.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AttentionRolloutTest {

    /** The golden numbers have ten digits after the point. */
    private static final Offset<Double> EXACT = within(6e-11);

    private static final double[][] FIRST = {{.6, .3, .1}, {.2, .5, .3}, {.1, .1, .8}};
    private static final double[][] SECOND = {{.5, .25, .25}, {.1, .8, .1}, {.3, .3, .4}};
    private static final double[][] THIRD = {
        {.2, .2, .6}, {.9, .05, .05}, {1 / 3.0, 1 / 3.0, 1 / 3.0}
    };

    @Test
    void residualHalvesRowsThatSumToOne() {
        assertNear(
                AttentionRollout.withResidual(FIRST),
                new double[][] {{.8, .15, .05}, {.1, .75, .15}, {.05, .05, .9}});
        assertNear(
                AttentionRollout.withResidual(SECOND),
                new double[][] {{.75, .125, .125}, {.05, .9, .05}, {.15, .15, .7}});
    }

    @Test
    void rolloutOfTwoAndThreeLayers() {
        assertNear(
                AttentionRollout.of(new double[][][] {FIRST, SECOND}),
                new double[][] {
                    {0.61875, 0.2125, 0.16875}, {0.1325, 0.685, 0.1825}, {0.17, 0.17, 0.66}
                });
        assertNear(
                AttentionRollout.of(new double[][][] {FIRST, SECOND, THIRD}),
                new double[][] {
                    {.4355, .247, .3175},
                    {.35225, .4595, .18825},
                    {.2385416667, .2629166667, .4985416667}
                });
    }

    @Test
    void flowOfTwoAndThreeLayers() {
        double[][] two = AttentionFlow.of(new double[][][] {FIRST, SECOND});
        assertNear(two, new double[][] {{.9, .325, .3}, {.2, .85, .25}, {.3, .35, .9}});
        assertNear(
                Arrays.stream(two).map(AttentionFlow::normalised).toArray(double[][]::new),
                new double[][] {
                    {.5901639344, .2131147541, .1967213115},
                    {.1538461538, .6538461538, .1923076923},
                    {.1935483871, .2258064516, .5806451613}
                });
        assertNear(
                AttentionFlow.of(new double[][][] {FIRST, SECOND, THIRD}),
                new double[][] {
                    {.95, .575, .675}, {.675, .875, .4}, {.5166666667, .6416666667, 1.0}
                });
    }

    @Test
    void rowsThatDoNotSumToOneAreDividedByTheirOwnSum() {
        double[][] pruned = {{.5, 0}, {.25, .25}};
        assertNear(
                AttentionRollout.withResidual(pruned), new double[][] {{1, 0}, {1 / 6.0, 5 / 6.0}});
        double[][] blind = {{0, 0}, {0, 0}};
        assertNear(AttentionRollout.withResidual(blind), new double[][] {{1, 0}, {0, 1}});
    }

    @Test
    void headsAreAveraged() {
        assertNear(
                AttentionRollout.meanOfHeads(new double[][][] {{{1, 0}, {1, 0}}, {{1, 0}, {0, 1}}}),
                new double[][] {{1, 0}, {.5, .5}});
    }

    @Test
    void causalRandomAttention() {
        var random = new CounterRandom(11, 0, 0);
        for (int trial = 0; trial < 50; trial++) {
            int positions = 1 + (int) random.nextLong(12);
            int depth = 1 + (int) random.nextLong(4);
            double[][][] layers = new double[depth][][];
            for (int layer = 0; layer < depth; layer++) {
                layers[layer] = causal(positions, random);
            }
            double[][] rollout = AttentionRollout.of(layers);
            double[][] flow = AttentionFlow.of(layers);
            for (int i = 0; i < positions; i++) {
                assertThat(Arrays.stream(rollout[i]).sum()).isCloseTo(1, within(1e-12));
                for (int j = 0; j < positions; j++) {
                    if (j > i) {
                        assertThat(rollout[i][j]).isZero();
                        assertThat(flow[i][j]).isZero();
                    }
                    // What is carried, could be carried.
                    assertThat(flow[i][j]).isBetween(rollout[i][j] - 1e-12, 1 + 1e-12);
                }
            }
        }
    }

    /** With two layers every path has one position of its own in the middle: no flow competes. */
    @Test
    void flowOfOneAndTwoLayersIsKnownOutrightAndWhatThePathsSay() {
        var random = new CounterRandom(12, 0, 0);
        double[][] first = causal(9, random);
        double[][] second = causal(9, random);
        double[][] lower = AttentionRollout.withResidual(first);
        double[][] upper = AttentionRollout.withResidual(second);
        double[][] sums = new double[9][9];
        for (int i = 0; i < 9; i++) {
            for (int j = 0; j < 9; j++) {
                for (int k = 0; k < 9; k++) {
                    sums[i][j] += Math.min(upper[i][k], lower[k][j]);
                }
            }
        }
        assertNear(AttentionFlow.of(new double[][][] {first}), lower);
        assertNear(AttentionFlow.of(new double[][][] {first, second}), sums);
        double[][] byPaths = new double[9][];
        for (int i = 0; i < 9; i++) {
            byPaths[i] = AttentionFlow.byPaths(new double[][][] {lower, upper}, i);
        }
        assertNear(byPaths, sums);
        double[][][] longer = {causal(70, random), causal(70, random)};
        assertThat(AttentionFlow.row(longer, 69)[69]).isBetween(0.25, 1.0);
    }

    /**
     * The shortest paths block each other here: 0 → 0 → 0 → 1 takes what 0 → 1 → 0 must give back.
     */
    @Test
    void flowTakesBackWhatItSentTheWrongWay() {
        var random = new CounterRandom(13, 0, 0);
        for (int trial = 0; trial < 200; trial++) {
            double[][][] layers = new double[4][][];
            for (int layer = 0; layer < 4; layer++) {
                layers[layer] = sparse(4, random);
            }
            double[][][] capacities = new double[4][][];
            for (int layer = 0; layer < 4; layer++) {
                capacities[layer] = AttentionRollout.withResidual(layers[layer]);
            }
            double[][] flow = AttentionFlow.of(layers);
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    assertThat(flow[i][j]).isCloseTo(narrowestCut(capacities, i, j), within(1e-12));
                }
            }
        }
    }

    /** The greatest flow is the narrowest cut: tries every set of inner nodes. */
    private static double narrowestCut(double[][][] capacities, int output, int input) {
        int n = capacities[0].length;
        int depth = capacities.length;
        double narrowest = Double.POSITIVE_INFINITY;
        for (int inner = 0; inner < 1 << (n * (depth - 1)); inner++) {
            double cut = 0;
            for (int layer = 0; layer < depth && cut < narrowest; layer++) {
                for (int i = 0; i < n; i++) {
                    boolean above =
                            layer == depth - 1 ? i == output : (inner >> (layer * n + i) & 1) == 1;
                    for (int j = 0; above && j < n; j++) {
                        boolean below =
                                layer == 0 ? j != input : (inner >> ((layer - 1) * n + j) & 1) == 1;
                        cut += below ? 0 : capacities[layer][i][j];
                    }
                }
            }
            narrowest = Math.min(narrowest, cut);
        }
        return narrowest;
    }

    @Test
    void refusesWhatIsNoAttention() {
        assertThatThrownBy(() -> AttentionRollout.withResidual(new double[][] {{1, 0}, {1}}))
                .hasMessageContaining("row 1 has 1 keys");
        assertThatThrownBy(
                        () ->
                                AttentionRollout.withResidual(
                                        new double[][] {{1, 0}, {2, Double.NaN}}))
                .hasMessageContaining("row 1 of attention holds NaN");
        assertThatThrownBy(() -> AttentionFlow.of(new double[3][65][65]))
                .hasMessageContaining("3 layers over 65 positions asked, at most 64");
    }

    private static double[][] causal(int positions, CounterRandom random) {
        double[][] attention = new double[positions][positions];
        for (int i = 0; i < positions; i++) {
            double sum = 0;
            for (int j = 0; j <= i; j++) {
                attention[i][j] = Math.exp(3 * random.nextGaussian());
                sum += attention[i][j];
            }
            for (int j = 0; j <= i; j++) {
                attention[i][j] /= sum;
            }
        }
        return attention;
    }

    /** Half of the shares are 0, rows sum to anything. */
    private static double[][] sparse(int positions, CounterRandom random) {
        double[][] attention = new double[positions][positions];
        for (double[] row : attention) {
            for (int j = 0; j < positions; j++) {
                row[j] = random.nextDouble() < 0.5 ? 0 : 3 * random.nextDouble();
            }
        }
        return attention;
    }

    private static void assertNear(double[][] actual, double[][] expected) {
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertThat(actual[i][j]).as("[%d, %d]", i, j).isCloseTo(expected[i][j], EXACT);
            }
        }
    }
}
