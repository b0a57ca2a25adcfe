package freshet.learners.language;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Learns text, one update per {@link TextBatch}: the new tokens in their window, and windows drawn
 * from those learned before. The new tokens are scored by the forward pass of the same update, so
 * before they are learned. What is published is a running average of the weights.
 *
 * <p>The replay store is the only state that grows; {@link LearningConfig#replayCapacityTokens}
 * bounds it.
 */
public final class LanguageLearner implements OnlineLearner<TextBatch> {

    private static final long INITIAL_WEIGHTS_STREAM = 0;
    private static final long REPLAY_STREAM = 1;

    private final TensorEngine engine;
    private final LanguageModelConfig model;
    private final LearningConfig learning;
    private final String fingerprint;
    private final Session session;
    private final AttentionProbe probe;
    private final ReplayStore replay;
    private long seed;
    private long drawn; // random numbers used for replay
    private long step;
    private float[] average; // of the weights, what is published

    /**
     * @param tokenizerHash {@link Tokenizer#hash} of what the batches are made with
     */
    public LanguageLearner(
            TensorEngine engine,
            LanguageModelConfig model,
            LearningConfig learning,
            String tokenizerHash) {
        this.engine = engine;
        this.model = model;
        this.learning = learning;
        this.fingerprint = model.fingerprint(tokenizerHash);
        this.seed = learning.seed();
        Layout.Builder builder = model.layout();
        Layout layout = builder.build();
        float[] initial = builder.initialValues(new CounterRandom(seed, INITIAL_WEIGHTS_STREAM, 0));
        this.session =
                engine.open(
                        layout, initial, new TransformerProgram(model, learning.activationL2()));
        this.average = initial;
        this.probe = new AttentionProbe(model, layout, seed);
        this.replay = new ReplayStore(learning.replayCapacityTokens() / model.segment());
    }

    /**
     * @throws IllegalArgumentException if the batch does not fit the configuration
     */
    @Override
    public StepReport step(TextBatch batch) {
        check(batch);
        int[] sequence = joined(batch);
        boolean fromStart = batch.context().length < model.contextLimit();
        var windows = new Windows(model, 1 + learning.replayWindows());
        windows.put(0, sequence, fromStart);
        var random = new CounterRandom(seed, REPLAY_STREAM, drawn);
        for (int i = 1; i <= learning.replayWindows() && replay.size() > 0; i++) {
            ReplayStore.Window old = replay.draw(random);
            windows.put(i, old.sequence(), old.fromStart());
        }
        boolean probing = learning.probeEverySteps() > 0 && step % learning.probeEverySteps() == 0;
        Outputs outputs = differentiate(windows, probing);
        double loss = outputs.scalar(Program.LOSS);
        double norm = session.gradientNorm();
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            String refusal =
                    Double.isFinite(loss)
                            ? "norm of the gradient is %s at step %d".formatted(norm, step + 1)
                            : "loss is %s at step %d".formatted(loss, step + 1);
            return new StepReport(
                    step, false, refusal, loss, batch.tokens().length, Double.NaN, List.of());
        }
        step++;
        double scale = Math.min(1, learning.clipNorm() / norm);
        double ratio = session.adam(learning.adam(), learning.rateAt(step), scale, step);
        float[] weights = session.parameters();
        average(weights);
        drawn = random.counter();
        replay.add(new ReplayStore.Window(sequence, fromStart));

        double newLoss = 0;
        float[] positionLoss = outputs.get(TransformerProgram.POSITION_LOSS);
        for (int i = batch.context().length; i < sequence.length; i++) {
            newLoss += positionLoss[i];
        }
        var measurements = new ArrayList<Measurement>();
        if (learning.probeEverySteps() > 0) {
            measurements.add(Measurement.of("lossNats", loss));
            measurements.add(Measurement.of("gradientNorm", norm));
            measurements.add(Measurement.of("clipped", scale < 1 ? 1 : 0));
            measurements.add(Measurement.of("updateWeightRatio", ratio));
        }
        if (probing) {
            measurements.addAll(probe.attention(outputs, sequence.length));
            measurements.addAll(probe.spectralNorms(weights));
        }
        return new StepReport(
                step, true, "", loss, batch.tokens().length, newLoss, List.copyOf(measurements));
    }

    /** Moves the average of the weights towards the newest. */
    private void average(float[] newest) {
        if (learning.averageDecay() == 0) {
            average = newest;
            return;
        }
        float share = (float) (1 - learning.averageDecayAt(step));
        for (int i = 0; i < newest.length; i++) {
            average[i] += share * (newest[i] - average[i]);
        }
    }

    private Outputs differentiate(Windows windows, boolean probing) {
        var inputs = windows.forLoss();
        Set<String> wanted = new TreeSet<>(Set.of(Program.LOSS, TransformerProgram.POSITION_LOSS));
        if (probing) {
            inputs.put(TransformerProgram.PROBE, new float[] {1}, 1);
            wanted.addAll(probe.wanted());
        }
        return session.differentiate(inputs, wanted);
    }

    private void check(TextBatch batch) {
        if (batch.context().length > model.contextLimit()
                || batch.tokens().length > model.segment()
                || batch.tokens().length == 0) {
            throw new IllegalArgumentException(
                    "batch has %d tokens of context and %d new ones, the model takes at most %d and"
                                    .formatted(
                                            batch.context().length,
                                            batch.tokens().length,
                                            model.contextLimit())
                            + " 1 to %d".formatted(model.segment()));
        }
        Windows.check("context", batch.context(), model.vocabulary());
        Windows.check("tokens", batch.tokens(), model.vocabulary());
    }

    private static int[] joined(TextBatch batch) {
        int context = batch.context().length;
        int[] sequence = Arrays.copyOf(batch.context(), context + batch.tokens().length);
        System.arraycopy(batch.tokens(), 0, sequence, context, batch.tokens().length);
        return sequence;
    }

    @Override
    public LearnerSnapshot snapshot() {
        Map<String, String> metadata = new TreeMap<>(engine.metadata());
        metadata.put(LearnerSnapshot.CONFIGURATION, fingerprint);
        metadata.put("learning", learning.toString());
        var state =
                new LanguageLearnerState(
                        seed,
                        drawn,
                        session.parameters(),
                        session.firstMoment(),
                        session.secondMoment(),
                        average,
                        probe.vectors());
        return new LearnerSnapshot(
                LanguageModel.KIND,
                LanguageLearnerState.FORMAT_VERSION,
                step,
                metadata,
                state.toBytes(replay));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Rates and replay share may differ from those it was made with; the seed is the snapshot's.
     *
     * @throws IllegalArgumentException also if it was made on another engine or with other threads:
     *     the bits would differ. {@link LearnerSnapshot#adoptedBy} says that one accepts that.
     */
    @Override
    public void restore(LearnerSnapshot snapshot) {
        snapshot.check(
                LanguageModel.KIND,
                LanguageLearnerState.WITHOUT_AVERAGE,
                LanguageLearnerState.FORMAT_VERSION,
                fingerprint,
                engine.metadata());
        var state = LanguageLearnerState.fromBytes(snapshot, session.layout().size(), replay);
        session.setParameters(state.parameters());
        session.setMoments(state.firstMoment(), state.secondMoment());
        average = state.average();
        probe.setVectors(state.spectralVectors());
        seed = state.seed();
        drawn = state.drawn();
        step = snapshot.step();
    }

    @Override
    public ModelArtifact publish() {
        Map<String, String> metadata = new TreeMap<>(engine.metadata());
        metadata.put("learning", learning.toString());
        return new ModelArtifact(
                LanguageModel.KIND,
                LanguageModel.ARTIFACT_VERSION,
                fingerprint,
                step,
                metadata,
                Weights.toBytes(average));
    }

    @Override
    public void close() {
        session.close();
    }
}
