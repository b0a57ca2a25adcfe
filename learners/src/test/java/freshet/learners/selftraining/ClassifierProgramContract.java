package freshet.learners.selftraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Forward and loss of the small network on one engine; each engine extends this. */
public abstract class ClassifierProgramContract {

    private static final int CLASSES = 3;
    private static final double STEP = 5e-4;
    private static final LayeredNetwork NETWORK = Blobs.NETWORK;

    protected abstract TensorEngine engine();

    private Session open(long seed) {
        Layout.Builder builder = NETWORK.layout();
        return engine().open(
                        builder.build(),
                        builder.initialValues(new CounterRandom(seed, 0, 0)),
                        new ClassifierProgram(NETWORK));
    }

    private static Inputs pictures() {
        return Layers.input(NETWORK, 0, Blobs.source(1).examples(), Blobs.COUNT);
    }

    @Test
    void goingOnFromAnyLayerGivesTheSameLogits() {
        try (Session session = open(1)) {
            float[] straight = session.run(pictures(), Set.of("logits")).get("logits");
            for (int layer = 1; layer <= NETWORK.layers(); layer++) {
                Inputs until = pictures().put("stop" + layer, new float[1], 1);
                Outputs half = session.run(until, Set.of("layer" + layer));
                assertThat(half.arrays()).containsOnlyKeys("layer" + layer);
                Inputs from = Layers.input(NETWORK, layer, half.get("layer" + layer), Blobs.COUNT);
                assertThat(session.run(from, Set.of("logits")).get("logits"))
                        .containsExactly(straight);
            }
        }
    }

    @Test
    void theLossIsTheMeanCrossEntropyWorkedOutInJava() {
        float[] targets = softTargets();
        try (Session session = open(1)) {
            Inputs inputs = pictures().put("targets", targets, Blobs.COUNT, CLASSES);
            Outputs outputs = session.run(inputs, Set.of("logits", Program.LOSS));
            float[] shares = Rows.softmax(outputs.get("logits"), CLASSES, 1);
            double expected = 0;
            for (int i = 0; i < shares.length; i++) {
                expected -= targets[i] * Math.log(shares[i]) / Blobs.COUNT;
            }
            assertThat(outputs.scalar(Program.LOSS)).isCloseTo(expected, within(1e-6));
        }
    }

    private static float[] softTargets() {
        var random = new CounterRandom(8, 0, 0);
        float[] logits = new float[Blobs.COUNT * CLASSES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian();
        }
        return Rows.softmax(logits, CLASSES, 1);
    }

    /** Without information each class has 1 / C: the loss is ln C, and shifts change nothing. */
    @Test
    void theLossIsLnCWhenTheLogitsAreEven() {
        try (Session session = open(1)) {
            float[] weights = session.parameters();
            Layout.Entry output = session.layout().entry("output");
            Arrays.fill(weights, output.offset(), weights.length, 0);
            for (float shift : new float[] {0, 5}) {
                Layout.Entry bias = session.layout().entry("outputBias");
                Arrays.fill(weights, bias.offset(), bias.offset() + CLASSES, shift);
                session.setParameters(weights);
                Inputs inputs = pictures().put("targets", softTargets(), Blobs.COUNT, CLASSES);
                assertThat(session.run(inputs, Set.of(Program.LOSS)).scalar(Program.LOSS))
                        .isCloseTo(Math.log(3), within(1e-6));
            }
        }
    }

    /** For any model and any labels: at least the entropy of the labels, equal for its own. */
    @Test
    void theLossIsNeverBelowTheEntropyOfItsTargets() {
        for (int seed = 0; seed < 50; seed++) {
            float[] targets = softTargets();
            try (Session session = open(seed)) {
                Inputs inputs = pictures().put("targets", targets, Blobs.COUNT, CLASSES);
                Outputs outputs = session.run(inputs, Set.of("logits", Program.LOSS));
                assertThat(outputs.scalar(Program.LOSS))
                        .isGreaterThanOrEqualTo(entropy(targets) - 1e-6);
                float[] own = Rows.softmax(outputs.get("logits"), CLASSES, 1);
                Inputs agreeing = pictures().put("targets", own, Blobs.COUNT, CLASSES);
                session.differentiate(agreeing, Set.of(Program.LOSS));
                // Its own labels are where the loss is flat: 32-bit sums of a few hundred products.
                assertThat(session.gradientNorm()).isLessThan(1e-5);
            }
        }
    }

    private static double entropy(float[] rows) {
        double entropy = 0;
        for (float share : rows) {
            entropy -= share * Math.log(share) / Blobs.COUNT;
        }
        return entropy;
    }

    @Test
    void theGradientIsThatOfFiniteDifferences() {
        Inputs inputs =
                pictures()
                        .put("targets", softTargets(), Blobs.COUNT, CLASSES)
                        .put("source", Blobs.source(2).examples(), Blobs.COUNT, 1, 12, 12)
                        .put(
                                "sourceTargets",
                                Rows.oneHot(Blobs.labels(2), CLASSES, 0.5f),
                                Blobs.COUNT,
                                CLASSES);
        try (Session session = open(1)) {
            session.differentiate(inputs, Set.of());
            float[] gradient = session.gradient();
            float[] weights = session.parameters();
            var random = new CounterRandom(5, 0, 0);
            double squaredError = 0;
            double squares = 0;
            for (int direction = 0; direction < 40; direction++) {
                double[] along = new double[weights.length];
                double expected = 0;
                for (int i = 0; i < along.length; i++) {
                    along[i] = random.nextGaussian() / Math.sqrt(along.length);
                    expected += along[i] * gradient[i];
                }
                double difference =
                        (loss(session, inputs, weights, along, STEP)
                                        - loss(session, inputs, weights, along, -STEP))
                                / (2 * STEP);
                squaredError += (difference - expected) * (difference - expected);
                squares += expected * expected;
            }
            // One loss is good to 1e-7, so a difference to 1e-4 of slopes near 0.1; within a step
            // few of the 2000 ReLUs pass their kink, each up to 1 % of a slope.
            assertThat(Math.sqrt(squaredError / squares)).isLessThan(0.02);
        }
    }

    private static double loss(
            Session session, Inputs inputs, float[] weights, double[] along, double move) {
        float[] moved = weights.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (move * along[i]);
        }
        session.setParameters(moved);
        return session.run(inputs, Set.of(Program.LOSS)).scalar(Program.LOSS);
    }

    @Test
    void aPerceptronIsWhatIsWorkedOutByHand() {
        var network = new Perceptron(2, 2, 1, 2);
        float[] weights = {
            1,
            -1,
            2,
            1, // block0.weight, a row an input
            0.5f,
            -4, // block0.bias
            1,
            2,
            3,
            4, // output
            0,
            10 // outputBias
        };
        Layout layout = network.layout().build();
        try (Session session = engine().open(layout, weights, new ClassifierProgram(network))) {
            Inputs inputs = Layers.input(network, 0, new float[] {3, 1}, 1);
            Outputs outputs = session.run(inputs, Set.of("layer1", "logits"));
            // 3 + 2 + 0.5; -3 + 1 - 4 is cut to 0
            assertThat(outputs.get("layer1")).containsExactly(5.5f, 0);
            // 5.5 * 1 and 5.5 * 2 + 10
            assertThat(outputs.get("logits")).containsExactly(5.5f, 21);
        }
    }

    @Test
    void aWrongShapeIsNamed() {
        try (Session session = open(1)) {
            assertThatThrownBy(
                            () ->
                                    session.run(
                                            new Inputs().put("layer1", new float[64], 1, 1, 8, 8),
                                            Set.of("logits")))
                    .hasMessageContaining("layer1 has shape [1, 1, 8, 8]")
                    .hasMessageContaining("[-1, 4, 6, 6]");
            assertThatThrownBy(
                            () ->
                                    session.run(
                                            pictures().put("targets", new float[6], 2, 3),
                                            Set.of("logits")))
                    .hasMessageContaining("[2, 3]")
                    .hasMessageContaining("[6, 3]");
            assertThatThrownBy(() -> session.run(new Inputs(), Set.of("logits")))
                    .hasMessageContaining("no layer to start from");
        }
    }
}
