package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.LossWeights.Contrast;
import freshet.learners.worldmodel.LossWeights.Negatives;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Golden numbers, worked out in double precision from the definitions, of each loss and cell on one
 * engine; each engine extends this. Engines compute in 32 bits: seven digits, less what a sum
 * loses.
 */
public abstract class LossesContract {

    private static final Offset<Double> SEVEN_DIGITS = within(5e-7);
    private static final Offset<Double> SIX_DIGITS = within(5e-6);

    protected abstract TensorEngine engine();

    private static Formula contrast(double[] x, double[] y, int rows, Negatives negatives, int b) {
        return contrast(x, y, rows, Contrast.ofSource().against(negatives), b);
    }

    private static Formula contrast(double[] x, double[] y, int rows, Contrast contrast, int b) {
        int width = x.length / rows;
        return new Formula(
                        (ops, a) -> {
                            var observed = a.get("x");
                            var predicted = a.get("y");
                            return Map.of(
                                    Program.LOSS,
                                    ContrastiveLoss.symmetric(
                                            ops, observed, predicted, a.get("theta"), contrast, b),
                                    "accuracy",
                                    ContrastiveLoss.accuracy(
                                            ops, observed, predicted, contrast, b));
                        })
                .with("x", x, rows, width)
                .with("y", y, rows, width)
                .with("theta", new double[] {1});
    }

    @Test
    void contrastOfThreePairs() {
        Formula formula =
                contrast(
                        new double[] {1, 0, 0, 1, 1, 1},
                        new double[] {1, .5, 0, 2, -1, 1},
                        3,
                        Negatives.ALL,
                        3);
        // beta = softplus(1) = 1.3132616875; logits = beta x y^T; row cross-entropy 1.242306795,
        // column cross-entropy 1.191007396; their mean.
        assertThat(formula.scalar(engine(), Program.LOSS)).isCloseTo(1.216657095369, SEVEN_DIGITS);
        // G = (P + Q - 2 I) / (2 N): dX = beta G Y, dY = beta G^T X, dtheta = sigmoid(1) sum G X
        // Y^T
        Map<String, float[]> gradient = formula.gradient(engine());
        close(
                gradient.get("x"),
                -.2346740018,
                .0211263116,
                -.1503758522,
                -.1211722711,
                .5777090483,
                .1993758659);
        close(
                gradient.get("y"),
                -.0172739822,
                .2483993635,
                .2947240987,
                .0664688728,
                -.3603090287,
                -.1789338327);
        close(gradient.get("theta"), .2344925808);
    }

    /** Features that tell nothing: the loss is the logarithm of the number of candidates. */
    @ParameterizedTest
    @EnumSource(Negatives.class)
    void chanceIsTheLogarithmOfTheCandidates(Negatives negatives) {
        int steps = 31;
        int sequences = 32;
        double expected = // 992 candidates; 31 of the own sequence; 992 - 30
                switch (negatives) {
                    case ALL -> 6.899723107285;
                    case SAME_SEQUENCE -> 3.433987204485;
                    case OTHER_SEQUENCES -> 6.869014450666;
                };
        double[] zeros = new double[steps * sequences];
        Formula formula = contrast(zeros, zeros, zeros.length, negatives, sequences);
        assertThat(formula.scalar(engine(), Program.LOSS)).isCloseTo(expected, SIX_DIGITS);
        assertThat(formula.scalar(engine(), "accuracy")).isZero(); // all are ties
    }

    /** Telling scenes apart alone wins ln 32 of ln 992 nats, and nothing within a scene. */
    @Test
    void aFeatureThatNamesTheSceneAloneStopsAtItsSteps() {
        int steps = 31;
        int sequences = 32;
        double[] scene = new double[steps * sequences * sequences];
        for (int item = 0; item < steps * sequences; item++) {
            scene[item * sequences + item % sequences] = 6; // 36 * softplus(1) to the next logit
        }
        for (Negatives negatives : new Negatives[] {Negatives.ALL, Negatives.SAME_SEQUENCE}) {
            assertThat(
                            contrast(scene, scene, steps * sequences, negatives, sequences)
                                    .scalar(engine(), Program.LOSS))
                    .isCloseTo(Math.log(steps), within(3e-5)); // near 47 a float has 4e-6
        }
    }

    @ParameterizedTest
    @EnumSource(Negatives.class)
    void theContrastsGradientIsThatOfFiniteDifferences(Negatives negatives) {
        contrast(normal(3, 24), normal(4, 24), 6, negatives, 2)
                .checkGradient(engine(), 1e-2, 3e-3); // cut after the square of the step
    }

    private static Contrast centred(Negatives negatives) {
        return Contrast.aroundMean().against(negatives);
    }

    @Test
    void aCentredContrastSeesWhatSetsFeaturesApartFromTheirMean() {
        double[] x = {1, 0, 2, 0, 1, 0, 1, 1, -1};
        double[] y = {1, .5, 1, 0, 2, -1, -1, 1, .5};
        // The mean of x is (2/3, 2/3, 1/3); each row less it, normed: x (-.116, -1.162, 1.279),
        // (-1.069, 1.336, -.267), (.707, .707, -1.414); y (.162, -1.298, 1.136), (-.392, 1.373,
        // -.981), (-1.410, .797, .613). Similarities 2.942 -2.804 .021; -2.211 2.516 2.409;
        // -2.409 2.080 -1.301: only the last row's own is not its largest.
        Formula formula = contrast(x, y, 3, centred(Negatives.ALL), 3);
        assertThat(formula.scalar(engine(), Program.LOSS)).isCloseTo(1.745658337715, SIX_DIGITS);
        assertThat(formula.scalar(engine(), "accuracy")).isCloseTo(2 / 3.0, SEVEN_DIGITS);
    }

    /** What all features have in common counts nothing, however large it is. */
    @ParameterizedTest
    @EnumSource(Negatives.class)
    void whatAllFeaturesShareLeavesACentredContrastAsItIs(Negatives negatives) {
        double[] x = normal(5, 24);
        double[] y = normal(6, 24);
        double[] shiftedX = x.clone();
        double[] shiftedY = y.clone();
        for (int i = 0; i < x.length; i++) {
            double shared = 10 * Math.cos(i % 4);
            shiftedX[i] += shared;
            shiftedY[i] += shared;
        }
        double before = contrast(x, y, 6, centred(negatives), 2).scalar(engine(), Program.LOSS);
        assertThat(
                        contrast(shiftedX, shiftedY, 6, centred(negatives), 2)
                                .scalar(engine(), Program.LOSS))
                .isCloseTo(before, within(1e-4)); // 10 and its square in 32 bits
        assertThat(contrast(shiftedX, shiftedY, 6, negatives, 2).scalar(engine(), Program.LOSS))
                .isNotCloseTo(
                        contrast(x, y, 6, negatives, 2).scalar(engine(), Program.LOSS),
                        within(0.1));
    }

    @ParameterizedTest
    @EnumSource(Negatives.class)
    void theCentredContrastsGradientIsThatOfFiniteDifferences(Negatives negatives) {
        contrast(normal(3, 24), normal(4, 24), 6, centred(negatives), 2)
                .checkGradient(engine(), 1e-2, 3e-3);
    }

    /** Fewer candidates are never harder. */
    @Test
    void aMaskOnlyLowersTheLoss() {
        for (int seed = 0; seed < 10; seed++) {
            double[] x = normal(seed, 24);
            double[] y = normal(seed + 100, 24);
            double all = contrast(x, y, 6, Negatives.ALL, 2).scalar(engine(), Program.LOSS);
            for (Negatives negatives : Negatives.values()) {
                Formula masked = contrast(x, y, 6, negatives, 2);
                assertThat(masked.scalar(engine(), Program.LOSS))
                        .isBetween(0.0, all + 1e-5); // rounding of sums near 10
            }
        }
    }

    @Test
    void accuracyCountsTheRowsWhoseOwnPredictionIsNearest() {
        double[] x = {1, 0, 0, 1, 1, 1, -1, 0};
        double[] y = {1, .5, 0, 2, -1, 1, -1, 1};
        // Similarities, a row an observation, the own in brackets:
        // [1] 0 -1 -1; .5 [2] 1 1; 1.5 2 [0] 0; -1 0 1 [1] (a tie, so wrong)
        assertThat(contrast(x, y, 4, Negatives.ALL, 2).scalar(engine(), "accuracy"))
                .isCloseTo(0.5, within(1e-7));
        // Rows 0 and 2 are of one sequence, 1 and 3 of the other: only row 2 is wrong.
        assertThat(contrast(x, y, 4, Negatives.SAME_SEQUENCE, 2).scalar(engine(), "accuracy"))
                .isCloseTo(0.75, within(1e-7));
    }

    private static Formula divergence() {
        return new Formula(
                        (ops, a) -> {
                            var p = new Gaussian<>(a.get("mp"), a.get("sp"));
                            var q = new Gaussian<>(a.get("mq"), a.get("sq"));
                            return Map.of(
                                    "pq",
                                    p.divergence(ops, q),
                                    "qp",
                                    q.divergence(ops, p),
                                    "pp",
                                    p.divergence(ops, p),
                                    Program.LOSS,
                                    ops.meanAll(p.divergence(ops, q)));
                        })
                .with("mp", new double[] {.5, -1}, 1, 2)
                .with("sp", new double[] {0, Math.log(.5)}, 1, 2)
                .with("mq", new double[] {0, 0}, 1, 2)
                .with("sq", new double[] {Math.log(2), 0}, 1, 2);
    }

    @Test
    void divergenceOfTwoGaussians() {
        // p: mean (.5, -1), deviation (1, .5); q: mean 0, deviation (2, 1)
        assertThat(divergence().scalar(engine(), "pq")).isCloseTo(1.167544361120, SEVEN_DIGITS);
        assertThat(divergence().scalar(engine(), "qp")).isCloseTo(3.738705638880, SIX_DIGITS);
        assertThat(divergence().scalar(engine(), "pp")).isCloseTo(0, SEVEN_DIGITS);
        divergence().checkGradient(engine(), 1e-2, 1e-3);
    }

    private static Formula balanced(double[] posterior, double[] prior, double freeNats) {
        return new Formula(
                        (ops, a) -> {
                            var p = Gaussian.split(ops, a.get("posterior"));
                            var q = Gaussian.split(ops, a.get("prior"));
                            return Map.of(Program.LOSS, Gaussian.balancedLoss(ops, p, q, freeNats));
                        })
                .with("posterior", posterior, posterior.length / 2, 2)
                .with("prior", prior, prior.length / 2, 2);
    }

    /** KL of a shift by m between unit deviations is m^2 / 2: .3, 1, 2.5 and 0 nats. */
    @Test
    void rowsBelowTheFreeNatsAreLiftedAndHaveNoGradient() {
        double[] posterior = {Math.sqrt(.6), 0, Math.sqrt(2) - 1e-3, 0, Math.sqrt(5), 0, 0, 0};
        Formula formula = balanced(posterior, new double[8], 1);
        // (1 + 1 + 2.5 + 1) / 4
        assertThat(formula.scalar(engine(), Program.LOSS)).isCloseTo(1.375, SEVEN_DIGITS);
        float[] gradient = formula.gradient(engine()).get("posterior");
        // Half the weight, a quarter of the mean, slope m.
        close(gradient, 0, 0, 0, 0, Math.sqrt(5) / 8, 0, 0, 0);
        // For the prior the slope over the logarithm of its deviation is 1 - (1 + m^2), halved too.
        close(
                formula.gradient(engine()).get("prior"),
                0,
                0,
                0,
                0,
                -Math.sqrt(5) / 8,
                -5 / 8.0,
                0,
                0);
    }

    /** Both halves have one value, so twice either half's gradient is that of the whole KL. */
    @Test
    void eachSideIsPulledByHalfOfTheWhole() {
        double[] posterior = {.3, -.2, 1.5, .4};
        double[] prior = {-.7, .1, .2, -.3};
        Formula whole =
                new Formula(
                                (ops, a) -> {
                                    var p = Gaussian.split(ops, a.get("posterior"));
                                    var q = Gaussian.split(ops, a.get("prior"));
                                    return Map.of(Program.LOSS, ops.meanAll(p.divergence(ops, q)));
                                })
                        .with("posterior", posterior, 2, 2)
                        .with("prior", prior, 2, 2);
        whole.checkGradient(engine(), 1e-2, 1e-3);
        Formula half = balanced(posterior, prior, 0);
        assertThat(half.scalar(engine(), Program.LOSS))
                .isCloseTo(whole.scalar(engine(), Program.LOSS), SEVEN_DIGITS);
        for (String side : new String[] {"posterior", "prior"}) {
            float[] full = whole.gradient(engine()).get(side);
            double[] halved = new double[full.length];
            for (int i = 0; i < full.length; i++) {
                halved[i] = full[i] / 2.0;
            }
            close(half.gradient(engine()).get(side), halved);
        }
    }

    @Test
    void logDeviationsAreCutToTheirLimits() {
        Formula formula =
                new Formula(
                                (ops, a) ->
                                        Map.of(
                                                "s",
                                                Gaussian.split(ops, a.get("raw")).logDeviation()))
                        .with("raw", new double[] {0, 0, 0, -30, 2, 30}, 1, 6);
        close(formula.get(engine(), "s"), -10, 2, 10);
    }

    @Test
    void aNormedVectorHasTheBiasedVariance() {
        Formula formula =
                new Formula(
                                (ops, a) ->
                                        Map.of(
                                                "normed",
                                                ops.layerNorm(a.get("x"), Gaussian.NORM_EPSILON)))
                        .with("x", new double[] {1, 2, 3, 4}, 1, 4);
        // (1 - 2.5) / sqrt(1.25 + 1e-5)
        close(formula.get(engine(), "normed"), -1.3416354, -.4472118, .4472118, 1.3416354);
    }

    private static double[] gruWeights() { // ours is [in, out], the golden matrix [out, in]
        double[] weights = new double[4 * 6];
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 4; j++) {
                weights[j * 6 + i] = 0.1 * (i + 1) - 0.05 * (j + 1) * ((i + j) % 2 == 0 ? 1 : -1);
            }
        }
        return weights;
    }

    private static Formula cell(double[] state) {
        var cell = new RecurrentCell("gru", 2, 2);
        return new Formula(
                        (ops, a) -> {
                            var next = cell.next(ops, a, a.get("x"), a.get("h"));
                            return Map.of(
                                    "next",
                                    next,
                                    "again",
                                    cell.next(ops, a, a.get("x"), next),
                                    Program.LOSS,
                                    ops.sumAll(ops.square(next)));
                        })
                .with("gru.weight", gruWeights(), 4, 6)
                .with("gru.gain", new double[] {1, 1, 1, 1, 1, 1}, 6)
                .with("gru.shift", new double[6], 6)
                .with("x", new double[] {.5, -1}, 1, 2)
                .with("h", state, 1, 2);
    }

    @Test
    void twoStepsOfTheRecurrentCell() {
        close(cell(new double[] {.2, .4}).get(engine(), "next"), .137148058216, .499711527893);
        close(cell(new double[] {.2, .4}).get(engine(), "again"), .076361629761, .504048191651);
        close(cell(new double[2]).get(engine(), "next"), -.026751717585, .151675946749);
        cell(new double[] {.2, .4}).checkGradient(engine(), 1e-2, 3e-3);
    }

    /** It mixes the old state with a tanh, so it never leaves the larger of the two. */
    @Test
    void theStateStaysWithinOne() {
        double[] state = {0.9, -0.9};
        for (int step = 0; step < 20; step++) {
            float[] next = cell(state).get(engine(), "next");
            for (int i = 0; i < 2; i++) {
                assertThat(Math.abs(next[i])).isLessThan(1);
                state[i] = next[i];
            }
        }
    }

    private static Formula policy(double[] head, double[] noise, int rows) {
        int actions = noise.length / rows;
        return new Formula(
                        (ops, a) -> {
                            TanhPolicy<Object> policy = TanhPolicy.of(ops, a.get("head"));
                            TanhPolicy.Draw<Object> draw = policy.draw(ops, a.get("noise"));
                            return Map.of(
                                    "mean",
                                    policy.meanAction(ops),
                                    "deviation",
                                    ops.exp(policy.gaussian().logDeviation()),
                                    "action",
                                    draw.action(),
                                    "logProbability",
                                    draw.logProbability(),
                                    Program.LOSS,
                                    ops.add(
                                            ops.meanAll(draw.logProbability()),
                                            ops.meanAll(draw.action())));
                        })
                .with("head", head, rows, 2L * actions)
                .with("noise", noise, rows, actions);
    }

    @Test
    void aSquashedActionAndItsDensity() {
        Formula formula = policy(new double[] {.7, -6, .3, 1.5}, new double[] {.25, -.5}, 1);
        close(formula.get(engine(), "mean"), .60147959, -.99952090);
        close(formula.get(engine(), "deviation"), .04474883, .82769799);
        close(formula.get(engine(), "action"), .60857147, -.99979061);
        // Seven digits of an exponent of up to 10.
        assertThat(formula.scalar(engine(), "logProbability")).isCloseTo(9.542434692, within(2e-5));
        policy(normal(8, 12), normal(9, 6), 3).checkGradient(engine(), 1e-2, 3e-3);
    }

    /** The density over (-1, 1) sums to 1: a Riemann sum over the noise, by change of variable. */
    @Test
    void theDensityOfActionsSumsToOne() {
        int points = 4001;
        double[] head = new double[2 * points];
        double[] noise = new double[points];
        for (int i = 0; i < points; i++) {
            head[2 * i] = 0.4;
            head[2 * i + 1] = 1.2; // deviation exp(-10 + 12 sigmoid(1.2)) = 0.46
            noise[i] = -6 + 12.0 * i / (points - 1);
        }
        Formula formula = policy(head, noise, points);
        float[] action = formula.get(engine(), "action");
        float[] logProbability = formula.get(engine(), "logProbability");
        double sum = 0;
        for (int i = 1; i < points; i++) {
            double height = (Math.exp(logProbability[i]) + Math.exp(logProbability[i - 1])) / 2;
            sum += height * (action[i] - action[i - 1]);
        }
        // Differences of 32-bit actions over 4000 intervals.
        assertThat(sum).isCloseTo(1, within(1e-4));
    }

    @Test
    void targetsOfTheCritics() {
        double alpha = Math.exp(-2.3);
        Formula formula =
                new Formula(
                                (ops, a) -> {
                                    var target =
                                            SoftActorCritic.target(
                                                    ops,
                                                    a.get("reward"),
                                                    a.get("next"),
                                                    a.get("log"),
                                                    a.get("alpha"),
                                                    .99);
                                    return Map.of(
                                            "target", target, Program.LOSS, ops.sumAll(target));
                                })
                        .with("reward", new double[] {2}, 1)
                        .with("next", new double[] {9}, 1)
                        .with("log", new double[] {-1.5}, 1)
                        .with("alpha", new double[] {alpha}, 1);
        // 2 + .99 (9 + .100258843723 * 1.5)
        assertThat(formula.scalar(engine(), "target")).isCloseTo(11.058884382928, within(2e-6));
    }

    private static Formula critics() {
        return new Formula(
                        (ops, a) ->
                                Map.of(
                                        Program.LOSS,
                                        SoftActorCritic.criticLoss(ops, a.get("q"), a.get("y")),
                                        "lower",
                                        SoftActorCritic.lower(ops, a.get("q"))))
                .with("q", new double[] {10, 12, 11, 11.5}, 2, 2)
                .with("y", new double[] {11.0588843829, 11}, 2);
    }

    @Test
    void errorOfTheCritics() {
        // (1.0589^2 + 1^2) / 2 + (.0589^2 + .5^2) / 2
        assertThat(critics().scalar(engine(), Program.LOSS)).isCloseTo(1.187351753481, SIX_DIGITS);
        close(critics().get(engine(), "lower"), 10, 11.5);
        critics().checkGradient(engine(), 1e-2, 3e-3);
    }

    @Test
    void theActorClimbsTheCriticAndPaysForCertainty() {
        Formula formula =
                new Formula(
                                (ops, a) ->
                                        Map.of(
                                                Program.LOSS,
                                                SoftActorCritic.actorLoss(
                                                        ops,
                                                        a.get("q"),
                                                        a.get("log"),
                                                        ops.scalar(.25))))
                        .with("q", new double[] {3, 5}, 2)
                        .with("log", new double[] {2, -4}, 2);
        // (.25 * 2 - 3 + .25 * -4 - 5) / 2
        assertThat(formula.scalar(engine(), Program.LOSS)).isCloseTo(-4.25, SEVEN_DIGITS);
        close(formula.gradient(engine()).get("q"), -.5, -.5);
        close(formula.gradient(engine()).get("log"), .125, .125);
        formula.checkGradient(engine(), 1e-2, 1e-3);
    }

    private static Formula prediction(boolean inverse, double[] predicted, double[] actual) {
        return new Formula(
                        (ops, a) ->
                                Map.of(
                                        Program.LOSS,
                                        inverse
                                                ? PredictionLosses.inverseDynamics(
                                                        ops, a.get("p"), a.get("y"))
                                                : PredictionLosses.smoothL1(
                                                        ops, a.get("p"), a.get("y"))))
                .with("p", predicted, inverse ? 2 : 1, predicted.length / (inverse ? 2 : 1))
                .with("y", actual, inverse ? 2 : 1, actual.length / (inverse ? 2 : 1));
    }

    @Test
    void smoothErrorIsSquareNearAndLinearFar() {
        Formula formula = prediction(false, new double[] {.2, 2, -1.5}, new double[] {0, .5, -1});
        // (.02 + 1.0 + .125) / 3
        assertThat(formula.scalar(engine(), Program.LOSS)).isCloseTo(.381666667, SEVEN_DIGITS);
        // The slope is the error, cut to 1.
        close(formula.gradient(engine()).get("p"), .2 / 3, 1 / 3.0, -.5 / 3);
        formula.checkGradient(engine(), 1e-2, 1e-3);
    }

    @Test
    void inverseErrorSumsOverTheAction() {
        Formula formula =
                prediction(true, new double[] {.1, -.2, .5, .5}, new double[] {.3, .2, 1, -1});
        // (.04 + .16 + .25 + 2.25) / 2 / 2
        assertThat(formula.scalar(engine(), Program.LOSS)).isCloseTo(.675, SEVEN_DIGITS);
        formula.checkGradient(engine(), 1e-2, 1e-3);
    }

    /** Both are symmetric, and 0 only for the same. */
    @Test
    void errorsAreSymmetricAndNeverNegative() {
        for (boolean inverse : new boolean[] {true, false}) {
            double[] one = normal(21, 4);
            double[] other = normal(22, 4);
            double forth = prediction(inverse, one, other).scalar(engine(), Program.LOSS);
            double back = prediction(inverse, other, one).scalar(engine(), Program.LOSS);
            assertThat(forth).isPositive().isCloseTo(back, SEVEN_DIGITS);
            assertThat(prediction(inverse, one, one).scalar(engine(), Program.LOSS)).isZero();
        }
    }

    private static double[] normal(long seed, int count) {
        var random = new CounterRandom(seed, 0, 0);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextGaussian();
        }
        return values;
    }

    private static void close(float[] actual, double... expected) {
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("element %d", i).isCloseTo(expected[i], SEVEN_DIGITS);
        }
    }
}
