package freshet.learners.selftraining;

import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Set;

/** The model that learns, and is published: weights, Adam's moments, and how long Adam has run. */
final class Student implements AutoCloseable {

    private final LayeredNetwork network;
    private final Layout layout;
    private final Session session;
    private long adamSteps; // since Adam started afresh

    /** Starts from {@code initial} weights. */
    Student(TensorEngine engine, LayeredNetwork network, Layout layout, float[] initial) {
        this.network = network;
        this.layout = layout;
        session = engine.open(layout, initial, new ClassifierProgram(network));
    }

    /** Logits of a batch, and the last layer. */
    Outputs look(ExampleBatch batch) {
        return session.run(
                Layers.input(network, 0, batch.examples(), batch.count()),
                Set.of(ClassifierProgram.LOGITS, ClassifierProgram.LAYER + network.layers()));
    }

    /** Representations of examples at a layer, {@code [count, ...]}. */
    float[] encode(float[] examples, int layer, int count) {
        return Layers.encode(session, network, examples, layer, count);
    }

    /** Mean cross-entropy in nats of a batch with labels. */
    double loss(ExampleBatch batch) {
        Inputs inputs =
                Layers.input(network, 0, batch.examples(), batch.count())
                        .put(
                                ClassifierProgram.TARGETS,
                                Rows.oneHot(batch.labels(), network.classes(), 1),
                                batch.count(),
                                network.classes());
        return session.run(inputs, Set.of(Program.LOSS)).scalar(Program.LOSS);
    }

    /**
     * A gradient that waits to be applied.
     *
     * @param norm Euclidean norm of the gradient
     */
    record Update(double loss, double norm) {

        boolean finite() {
            return Double.isFinite(loss) && Double.isFinite(norm);
        }

        String reason(long step) {
            return Double.isFinite(loss)
                    ? "norm of the gradient is %s at step %d".formatted(norm, step)
                    : "loss is %s at step %d".formatted(loss, step);
        }
    }

    /**
     * Computes the gradient, and changes nothing yet.
     *
     * @param targets {@code [B, C]} shares of the classes
     */
    Update differentiate(Inputs inputs, float[] targets) {
        int classes = network.classes();
        inputs.put(ClassifierProgram.TARGETS, targets, targets.length / classes, classes);
        double loss = session.differentiate(inputs, Set.of(Program.LOSS)).scalar(Program.LOSS);
        return new Update(loss, session.gradientNorm());
    }

    /**
     * Applies the gradient.
     *
     * @param clipNorm longest gradient that is not shortened
     * @param layer weights that act after it decay
     */
    void apply(Update update, double rate, double clipNorm, double weightDecay, int layer) {
        adamSteps++;
        double scale = Math.min(1, clipNorm / update.norm());
        session.addWeightDecay(weightDecay, layout.entry(network.firstParameter(layer)).offset());
        session.adam(SelfTrainingConfig.adam(), rate, scale, adamSteps);
    }

    void restartAdam() {
        session.setMoments(new float[layout.size()], new float[layout.size()]);
        adamSteps = 0;
    }

    void become(float[] weights) {
        session.setParameters(weights);
    }

    long adamSteps() {
        return adamSteps;
    }

    float[] parameters() {
        return session.parameters();
    }

    float[] firstMoment() {
        return session.firstMoment();
    }

    float[] secondMoment() {
        return session.secondMoment();
    }

    void restore(SelfTrainingState state) {
        session.setParameters(state.student());
        session.setMoments(state.firstMoment(), state.secondMoment());
        adamSteps = state.adamSteps();
    }

    @Override
    public void close() {
        session.close();
    }
}
