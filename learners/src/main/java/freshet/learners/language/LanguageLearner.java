package freshet.learners.language;

import freshet.learners.AveragedLearner;
import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.Order;
import freshet.learners.StepReport;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.DeviceMemoryException;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Optimiser;
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
public final class LanguageLearner implements AveragedLearner<TextBatch> {

    private static final long INITIAL_WEIGHTS_STREAM = 0;
    private static final long REPLAY_STREAM = 1;

    private final TensorEngine engine;
    private final LanguageModelConfig model;
    private final LearningConfig learning;
    private final String fingerprint;
    private final Session session;
    private final Layout layout; // of the model, without the session's gammas behind it
    private final Optimiser weights;
    private final Optimiser gammas;
    private final LanguageRemedies remedies;
    private final AttentionProbe probe;
    private final ReplayStore replay;
    private final RepeatedNgrams repeated; // null without telemetry
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
        this.layout = model.layout().build();
        Layout.Builder builder = Reparameterisation.layout(model);
        float[] initial = builder.initialValues(new CounterRandom(seed, INITIAL_WEIGHTS_STREAM, 0));
        this.session =
                engine.open(
                        builder.build(),
                        initial,
                        new TransformerProgram(model, learning.activationL2()));
        this.weights = session.optimiser(0, layout.size());
        this.gammas = session.optimiser(layout.size(), session.layout().size());
        this.remedies = new LanguageRemedies(model, session, weights, gammas);
        this.average = Arrays.copyOf(initial, layout.size());
        this.probe = new AttentionProbe(model, layout, seed);
        int windows = learning.replayCapacityTokens() / model.segment();
        this.replay = new ReplayStore(windows);
        this.repeated = learning.probeEverySteps() > 0 ? new RepeatedNgrams(windows) : null;
    }

    /**
     * @throws IllegalArgumentException if the batch does not fit the configuration
     */
    @Override
    public StepReport step(TextBatch batch) {
        check(batch);
        int[] sequence = joined(batch.context(), batch.tokens());
        boolean fromStart = batch.context().length < model.contextLimit();
        var windows = new Windows(model, 1 + learning.replayWindows());
        windows.put(0, sequence, fromStart);
        var random = new CounterRandom(seed, REPLAY_STREAM, drawn);
        for (int i = 1; i <= learning.replayWindows() && replay.size() > 0; i++) {
            ReplayStore.Window old = replay.draw(random);
            windows.put(i, old.sequence(), old.fromStart());
        }
        boolean telemetry = learning.probeEverySteps() > 0;
        boolean probing = telemetry && step % learning.probeEverySteps() == 0;
        boolean ofSpectra = telemetry && step % learning.spectraEverySteps() == 0;
        boolean diagnosing =
                telemetry
                        && learning.diagnoseEverySteps() > 0
                        && step % learning.diagnoseEverySteps() == 0;
        Outputs outputs;
        try {
            outputs = differentiate(windows, probing, diagnosing);
        } catch (DeviceMemoryException e) {
            return refused(batch, e.getMessage(), Double.NaN);
        }
        double loss = outputs.scalar(Program.LOSS);
        double norm = gradientNorm();
        String refusal = refusal(loss, norm);
        if (!refusal.isEmpty()) {
            return refused(batch, refusal, loss);
        }
        step++;
        double scale = Math.min(1, learning.clipNorm() / norm);
        double rate = learning.rateAt(step) * remedies.control().rateScale();
        double ratio = update(rate, scale);
        remedies.control().applied(norm);
        float[] newest = remedies.afterUpdate(outputs);
        average(newest);
        drawn = random.counter();
        replay.add(new ReplayStore.Window(sequence, fromStart));

        double newLoss = 0;
        float[] positionLoss = outputs.get(TransformerProgram.POSITION_LOSS);
        for (int i = batch.context().length; i < sequence.length; i++) {
            newLoss += positionLoss[i];
        }
        var measurements = new ArrayList<Measurement>();
        if (telemetry) {
            measurements.add(Measurement.of("lossNats", loss));
            measurements.add(Measurement.of("gradientNorm", norm));
            measurements.add(Measurement.of("clipped", scale < 1 ? 1 : 0));
            measurements.add(Measurement.of("updateWeightRatio", ratio));
            measurements.add(Measurement.of("learningRate", rate));
            double share = repeated.share(batch.tokens());
            if (!Double.isNaN(share)) {
                measurements.add(Measurement.of("repeatedNgramShare", share));
            }
            repeated.add(sequence);
        }
        if (ofSpectra) {
            measurements.addAll(probe.spectralNorms(newest));
        }
        if (probing) {
            measurements.addAll(AttentionProbe.attention(model, outputs, sequence.length));
            measurements.addAll(AttentionProbe.output(outputs, sequence.length));
            long momentStep = remedies.control().nextMomentStep() - 1;
            measurements.addAll(probe.gradients(weights, learning.adam(), momentStep));
        }
        if (diagnosing) {
            measurements.addAll(LayerDiagnostics.of(model, outputs, sequence.length));
        }
        return new StepReport(
                step, true, "", loss, batch.tokens().length, newLoss, List.copyOf(measurements));
    }

    private StepReport refused(TextBatch batch, String refusal, double loss) {
        return new StepReport(
                step, false, refusal, loss, batch.tokens().length, Double.NaN, List.of());
    }

    /** Of all that is learned: the gammas too, while they are used. */
    private double gradientNorm() {
        return remedies.reparameterised()
                ? Math.hypot(weights.gradientNorm(), gammas.gradientNorm())
                : weights.gradientNorm();
    }

    /** Why the update may not be done, empty if it may. */
    private String refusal(double loss, double norm) {
        if (!Double.isFinite(loss)) {
            return "loss is %s at step %d".formatted(loss, step + 1);
        }
        if (!Double.isFinite(norm)) {
            return "norm of the gradient is %s at step %d".formatted(norm, step + 1);
        }
        return remedies.control().refusal(norm, step + 1);
    }

    private double update(double rate, double scale) {
        long momentStep = remedies.control().nextMomentStep();
        if (remedies.reparameterised()) {
            gammas.adam(learning.adam(), rate, scale, momentStep);
        }
        return weights.adam(learning.adam(), rate, scale, momentStep);
    }

    /** Moves the average of the weights towards the newest. */
    private void average(float[] newest) {
        if (learning.averageDecay() == 0) {
            average = Arrays.copyOf(newest, average.length);
            return;
        }
        float share = (float) (1 - learning.averageDecayAt(step));
        for (int i = 0; i < average.length; i++) {
            average[i] += share * (newest[i] - average[i]);
        }
    }

    private Outputs differentiate(Windows windows, boolean probing, boolean diagnosing) {
        var inputs = windows.forLoss();
        Set<String> wanted = new TreeSet<>(Set.of(Program.LOSS, TransformerProgram.POSITION_LOSS));
        if (probing) {
            inputs.put(TransformerProgram.PROBE, new float[] {1}, 1);
            wanted.addAll(AttentionProbe.wanted(model));
            wanted.addAll(AttentionProbe.wantedOfOutput());
        }
        if (diagnosing) {
            inputs.put(TransformerProgram.DIAGNOSE, new float[] {1}, 1);
            wanted.addAll(LayerDiagnostics.wanted(model));
        }
        remedies.prepare(inputs, wanted);
        return session.differentiate(inputs, wanted);
    }

    /** Fails on a batch that does not fit the configuration. */
    void check(TextBatch batch) {
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

    static int[] joined(int[] context, int[] tokens) {
        int[] sequence = Arrays.copyOf(context, context.length + tokens.length);
        System.arraycopy(tokens, 0, sequence, context.length, tokens.length);
        return sequence;
    }

    LanguageModelConfig model() {
        return model;
    }

    TensorEngine engine() {
        return engine;
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
                        Arrays.copyOf(session.parameters(), layout.size()),
                        weights.firstMoment(),
                        weights.secondMoment(),
                        average,
                        gammas(),
                        probe.vectors());
        return new LearnerSnapshot(
                LanguageModel.KIND,
                LanguageLearnerState.FORMAT_VERSION,
                step,
                metadata,
                state.toBytes(replay, remedies));
    }

    /** Values, first and second moments. */
    private float[] gammas() {
        float[] values = session.parameters();
        int count = values.length - layout.size();
        float[] all = Arrays.copyOfRange(values, layout.size(), layout.size() + 3 * count);
        System.arraycopy(gammas.firstMoment(), 0, all, count, count);
        System.arraycopy(gammas.secondMoment(), 0, all, 2 * count, count);
        return all;
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
        int count = session.layout().size() - layout.size(); // of gammas
        var state =
                LanguageLearnerState.fromBytes(snapshot, layout.size(), count, replay, remedies);
        float[] values = Arrays.copyOf(state.parameters(), session.layout().size());
        System.arraycopy(state.gammas(), 0, values, layout.size(), count);
        session.setParameters(values);
        weights.setMoments(state.firstMoment(), state.secondMoment());
        gammas.setMoments(
                Arrays.copyOfRange(state.gammas(), count, 2 * count),
                Arrays.copyOfRange(state.gammas(), 2 * count, 3 * count));
        average = state.average();
        probe.setVectors(state.spectralVectors());
        seed = state.seed();
        drawn = state.drawn();
        step = snapshot.step();
        if (repeated != null) {
            repeated.read(replay);
        }
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

    /** Weights, first and second moments, running average; gammas are not among them. */
    @Override
    public float[] averaged() {
        int count = layout.size();
        float[] all = Arrays.copyOf(session.parameters(), 4 * count);
        System.arraycopy(weights.firstMoment(), 0, all, count, count);
        System.arraycopy(weights.secondMoment(), 0, all, 2 * count, count);
        System.arraycopy(average, 0, all, 3 * count, count);
        return all;
    }

    @Override
    public void setAveraged(float[] values) {
        int count = layout.size();
        if (values.length != 4 * count) {
            throw new IllegalArgumentException(
                    "there are %d values, the model has %d".formatted(values.length, 4 * count));
        }
        float[] parameters = session.parameters();
        System.arraycopy(values, 0, parameters, 0, count);
        session.setParameters(parameters);
        weights.setMoments(
                Arrays.copyOfRange(values, count, 2 * count),
                Arrays.copyOfRange(values, 2 * count, 3 * count));
        average = Arrays.copyOfRange(values, 3 * count, 4 * count);
    }

    @Override
    public Set<String> actions() {
        return LanguageRemedies.ACTIONS;
    }

    @Override
    public String obey(Order order, boolean dryRun) {
        if (!actions().contains(order.action())) {
            return AveragedLearner.super.obey(order, dryRun);
        }
        return remedies.obey(order, dryRun, seed);
    }

    @Override
    public void adopt(ModelArtifact version) {
        float[] adopted = LanguageModel.read(version, fingerprint, layout.size());
        remedies.adopt(adopted, learning.warmUpSteps(), seed);
        average = adopted;
    }

    @Override
    public void close() {
        session.close();
    }
}
