package freshet.learners.selftraining;

import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Set;

/** Trails behind the student, and says of what class target examples are. */
final class Teacher implements AutoCloseable {

    private final LayeredNetwork network;
    private final Session session;

    /** Starts from {@code initial} weights. */
    Teacher(TensorEngine engine, LayeredNetwork network, Layout layout, float[] initial) {
        this.network = network;
        session = engine.open(layout, initial, new ClassifierProgram(network));
    }

    /**
     * Labels a target batch.
     *
     * @param layer whose representation is wanted too
     * @param prior running shares of the classes before this batch
     * @param adjustment {@link SelfTrainingConfig.Method#priorAdjustment}
     */
    PseudoLabels label(ExampleBatch batch, int layer, ClassShares prior, double adjustment) {
        Set<String> wanted =
                layer == 0
                        ? Set.of(ClassifierProgram.LOGITS)
                        : Set.of(ClassifierProgram.LOGITS, ClassifierProgram.LAYER + layer);
        Outputs outputs =
                session.run(Layers.input(network, 0, batch.examples(), batch.count()), wanted);
        return PseudoLabels.of(
                layer == 0 ? batch.examples() : outputs.get(ClassifierProgram.LAYER + layer),
                outputs.get(ClassifierProgram.LOGITS),
                network.classes(),
                prior,
                adjustment);
    }

    /** Logits of {@code count} representations at a layer. */
    float[] logits(float[] representations, int layer, int count) {
        Inputs inputs = Layers.input(network, layer, representations, count);
        return session.run(inputs, Set.of(ClassifierProgram.LOGITS)).get(ClassifierProgram.LOGITS);
    }

    /** Representations of examples at a layer, {@code [count, ...]}. */
    float[] encode(float[] examples, int layer, int count) {
        return Layers.encode(session, network, examples, layer, count);
    }

    /** Takes over weights. */
    void become(float[] weights) {
        session.setParameters(weights);
    }

    /**
     * Moves towards weights.
     *
     * @param decay share of its own that stays
     */
    void trail(float[] newest, double decay) {
        float[] average = session.parameters();
        float share = (float) (1 - decay);
        for (int i = 0; i < average.length; i++) {
            average[i] += share * (newest[i] - average[i]);
        }
        session.setParameters(average);
    }

    float[] parameters() {
        return session.parameters();
    }

    @Override
    public void close() {
        session.close();
    }
}
