package freshet.learners.selftraining;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import java.util.Arrays;
import java.util.Optional;

/**
 * Makes lessons of target batches: pairs them with source examples, interpolates, and lets the
 * teacher label what lies between. Keeps nothing; the models and the reservoir are its owner's.
 */
final class Lessons {

    private final LayeredNetwork network;
    private final SelfTrainingConfig.Method method;
    private final Augmentation augmentation;
    private final Reservoir reservoir;
    private final Student student;
    private final Teacher teacher;

    Lessons(
            LayeredNetwork network,
            SelfTrainingConfig.Method method,
            Augmentation augmentation,
            Reservoir reservoir,
            Student student,
            Teacher teacher) {
        this.network = network;
        this.method = method;
        this.augmentation = augmentation;
        this.reservoir = reservoir;
        this.student = student;
        this.teacher = teacher;
    }

    /** Whether the method asks for source examples and none is there. */
    boolean lackSource() {
        return needSource() && reservoir.isEmpty();
    }

    private boolean needSource() {
        return method.alignment() == Alignment.LABEL
                || method.mixing() != SelfTrainingConfig.Mixing.TARGET_ONLY
                || method.sourceWeight() > 0;
    }

    /**
     * Makes a lesson; empty if the teacher's logits are not finite.
     *
     * @param layer to interpolate at
     * @param seen target examples before this batch
     * @param prior running shares of the classes before this batch
     */
    Optional<Lesson> of(
            ExampleBatch batch, int layer, long seen, ClassShares prior, CounterRandom random) {
        int classes = network.classes();
        PseudoLabels pseudo = teacher.label(batch, layer, prior, method.priorAdjustment());
        float[] source = new float[needSource() ? batch.examples().length : 0];
        int[] sourceLabels = new int[batch.count()];
        if (needSource()) {
            reservoir.draw(source, sourceLabels, random);
        }
        int[] pairs = method.alignment().pairs(sourceLabels, pseudo.labels(), classes, random);
        double[] weights = Interpolation.weights(method, seen, pairs.length, random);
        var between = interpolate(layer, source, pseudo, pairs, weights);
        if (!Rows.finite(pseudo.logits()) || !Rows.finite(between.logits)) {
            return Optional.empty();
        }
        int[] kept = Confidence.keep(Confidence.of(between.logits, classes), method.keepQuantile());
        float[] shown =
                method.augment()
                        ? augmentedBetween(layer, source, batch, between, pairs, weights, random)
                        : between.representation;
        Inputs inputs =
                Layers.input(
                        network, layer, Rows.select(shown, kept, network.size(layer)), kept.length);
        if (method.sourceWeight() > 0) {
            addSource(inputs, source, sourceLabels);
        }
        float[] labels = labels(Rows.select(between.logits, kept, classes));
        return Optional.of(new Lesson(pseudo, weights, inputs, labels));
    }

    private void addSource(Inputs inputs, float[] source, int[] labels) {
        float[] targets = Rows.oneHot(labels, network.classes(), (float) method.sourceWeight());
        inputs.put(ClassifierProgram.SOURCE, source, Layers.batch(network, 0, labels.length))
                .put(ClassifierProgram.SOURCE_TARGETS, targets, labels.length, network.classes());
    }

    /**
     * Representations between source and target, and what the teacher says of them.
     *
     * @param representation {@code [S, ...]} without gradient
     * @param logits {@code [S, C]}
     */
    private record Between(float[] representation, float[] logits) {}

    private Between interpolate(
            int layer, float[] source, PseudoLabels pseudo, int[] pairs, double[] weights) {
        if (Arrays.stream(weights).allMatch(weight -> weight == 1)) { // the teacher has been asked
            return new Between(
                    Rows.select(pseudo.representation(), pairs, network.size(layer)),
                    Rows.select(pseudo.logits(), pairs, network.classes()));
        }
        float[] mixed =
                Interpolation.mix(
                        student.encode(source, layer, pairs.length),
                        pseudo.representation(),
                        pairs,
                        weights,
                        network.size(layer));
        float[] logits = teacher.logits(mixed, layer, pairs.length);
        PseudoLabels.subtract(logits, pseudo.adjustment(), row -> weights[row]);
        return new Between(mixed, logits);
    }

    /** What lies between the same examples, augmented: what the student is shown of them. */
    private float[] augmentedBetween(
            int layer,
            float[] source,
            ExampleBatch batch,
            Between between,
            int[] pairs,
            double[] weights,
            CounterRandom random) {
        int size = network.size(0);
        if (layer == 0) { // the same change to both of a pair
            return augmentation.ofEach(between.representation, size, random);
        }
        float[] target = augmentation.ofEach(batch.examples(), size, random);
        return Interpolation.mix(
                source.length == 0
                        ? source
                        : student.encode(
                                augmentation.ofEach(source, size, random), layer, pairs.length),
                teacher.encode(target, layer, batch.count()),
                pairs,
                weights,
                network.size(layer));
    }

    private float[] labels(float[] logits) {
        double temperature = method.labelTemperature();
        int classes = network.classes();
        return temperature == 0
                ? Rows.oneHot(Rows.argmax(logits, classes), classes, 1)
                : Rows.softmax(logits, classes, temperature);
    }
}
