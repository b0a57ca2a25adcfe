package freshet.learners.selftraining;

import freshet.learners.ModelArtifact;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Arrays;
import java.util.Set;

/**
 * Classifies with published weights. Examples are computed in groups of one fixed size, filled up
 * with zeros, so that an answer does not depend on how many are asked for. Not thread-safe; owns
 * native memory until closed.
 */
public final class Classifier implements AutoCloseable {

    public static final String KIND = "classifier";
    public static final int ARTIFACT_VERSION = 1;

    private final LayeredNetwork network;
    private final int group;
    private final int weights;
    private final Session session;

    /**
     * @param group examples computed at once, at least 1
     * @throws IllegalArgumentException if the artifact is of another kind, format or network
     */
    public Classifier(
            TensorEngine engine, LayeredNetwork network, int group, ModelArtifact artifact) {
        this.network = network;
        this.group = group;
        var layout = network.layout().build();
        this.weights = layout.size();
        this.session = engine.open(layout, read(artifact), new ClassifierProgram(network));
    }

    /**
     * Takes other weights of the same network.
     *
     * @throws IllegalArgumentException if they are not; the weights stay as they were
     */
    public void load(ModelArtifact artifact) {
        session.setParameters(read(artifact));
    }

    private float[] read(ModelArtifact artifact) {
        return artifact.weights(KIND, ARTIFACT_VERSION, network.fingerprint(), weights);
    }

    /**
     * Returns the probabilities of the classes.
     *
     * @param examples {@code [n, ...]}; n may be 0
     * @return {@code [n, C]}
     */
    public float[] probabilities(float[] examples) {
        int size = network.size(0);
        int classes = network.classes();
        int count = examples.length / size;
        if (count * size != examples.length) {
            throw new IllegalArgumentException(
                    "%d numbers, one example has %d".formatted(examples.length, size));
        }
        float[] logits = new float[count * classes];
        for (int first = 0; first < count; first += group) {
            int rows = Math.min(group, count - first);
            float[] part =
                    Arrays.copyOf(
                            Arrays.copyOfRange(examples, first * size, (first + rows) * size),
                            group * size);
            Inputs inputs = Layers.input(network, 0, part, group);
            float[] all =
                    session.run(inputs, Set.of(ClassifierProgram.LOGITS))
                            .get(ClassifierProgram.LOGITS);
            System.arraycopy(all, 0, logits, first * classes, rows * classes);
        }
        return Rows.softmax(logits, classes, 1);
    }

    /** The likeliest class of each example. */
    public int[] classes(float[] examples) {
        return Rows.argmax(probabilities(examples), network.classes());
    }

    /**
     * How many examples it classifies as they are labelled.
     *
     * @param labels {@code [n]}
     */
    public int right(float[] examples, int[] labels) {
        int[] classes = classes(examples);
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += classes[i] == labels[i] ? 1 : 0;
        }
        return right;
    }

    @Override
    public void close() {
        session.close();
    }
}
