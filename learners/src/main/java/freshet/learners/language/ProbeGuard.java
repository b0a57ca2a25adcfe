package freshet.learners.language;

import freshet.learners.AveragedLearner;
import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.Order;
import freshet.learners.PublicationVerdict;
import freshet.learners.SavedState;
import freshet.learners.StepReport;
import freshet.learners.stability.Summary;
import freshet.learners.tensor.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A language learner that measures each version on the same text, {@link ProbeBatch}, and publishes
 * none that has become much worse there: whose loss is not finite, or above that of the best of the
 * last {@value #RECENT} published by more than a tolerance. {@link PublicationVerdict} says what is
 * published in its place. The learner itself goes on.
 *
 * <p>The probe batch are the first full windows of the stream, which are scored by predictors as
 * all text is but not learned, neither as new tokens nor as the context of those that follow.
 *
 * <p>State beside the learner's: the probe batch, how far sources are behind its windows (bounded
 * by their number), the weights published last and their most likely tokens, a few losses.
 */
public final class ProbeGuard implements AveragedLearner<TextBatch> {

    private static final String KIND = "guarded-language";
    private static final int FORMAT_VERSION = 1;
    private static final int RECENT = 16;

    /**
     * How much is asked for.
     *
     * @param windows of the probe batch, in [0, 64]; 0: everything is learned and published
     * @param tolerance nats a token that a version may be worse than the best of late, in [0, 100]
     */
    public record Config(int windows, double tolerance) implements Serializable {

        public Config {
            if (windows < 0 || windows > 64) {
                throw new IllegalArgumentException(
                        "probe.windows is %d, must be in [0, 64]".formatted(windows));
            }
            if (!(tolerance >= 0 && tolerance <= 100)) {
                throw new IllegalArgumentException(
                        "probe.tolerance is %s, must be in [0, 100]".formatted(tolerance));
            }
        }

        /**
         * From book to book of the demo corpus, over 448 versions, the loss rose by 0.22 at most
         * above the best of late ({@code benchmarks/run probe-drift}).
         */
        public static Config defaults() {
            return new Config(4, 1);
        }
    }

    private final LanguageLearner learner;
    private final LanguageModelConfig model;
    private final Config config;
    private final ProbeBatch batch;
    private final Map<String, Integer> learnedSince = new TreeMap<>(); // tokens, by source
    private final Deque<Double> recent = new ArrayDeque<>(); // losses of published versions
    private byte[] served; // weights published last; null before the first
    private int[] servedTokens = {}; // most likely ones; empty if not measured
    private PublicationVerdict verdict = PublicationVerdict.REPORTED;
    private long steps;
    private List<Measurement> measured; // of the weights of now; null: not yet
    private double loss;
    private int[] tokens;

    /**
     * @param learner closed with this
     */
    public ProbeGuard(LanguageLearner learner, Config config) {
        this.learner = learner;
        this.model = learner.model();
        this.config = config;
        this.batch = new ProbeBatch(learner.engine(), model, config.windows());
    }

    @Override
    public StepReport step(TextBatch whole) {
        learner.check(whole);
        TextBatch text = withoutProbe(whole);
        if (batch.take(text.context(), text.tokens())) {
            learnedSince.put(text.source(), 0);
            return new StepReport(steps, true, "", 0, 0, 0, List.of());
        }
        StepReport report = learner.step(text);
        learnedSince.computeIfPresent(
                text.source(),
                (source, since) -> {
                    int longer = since + text.tokens().length;
                    return longer < model.contextLimit() ? longer : null;
                });
        if (!report.applied()) {
            return report;
        }
        steps = report.step();
        measured = null;
        PublicationVerdict last = verdict;
        verdict = PublicationVerdict.REPORTED;
        return last.addTo(report);
    }

    /** The batch without those tokens of its context that are the probe's. */
    private TextBatch withoutProbe(TextBatch text) {
        Integer since = learnedSince.get(text.source());
        if (since == null || since >= text.context().length) {
            return text;
        }
        int length = text.context().length;
        return new TextBatch(
                text.source(),
                text.firstSequence(),
                text.lastSequence(),
                text.eventTimeMillis(),
                Arrays.copyOfRange(text.context(), length - since, length),
                text.tokens());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Of the weights that would be published now, though they may not be: {@code probeLossNats},
     * {@code probeAttentionEntropyNormalised} and {@code probeMaxLogit} per layer and head, and
     * against the version published before these {@code probeChurn}, 1 for each token of the probe
     * that another is most likely for.
     */
    @Override
    public List<Measurement> probe() {
        if (!batch.isComplete()) {
            return List.of();
        }
        measure(learner.publish());
        return measured;
    }

    private void measure(ModelArtifact candidate) {
        if (measured != null) {
            return;
        }
        ProbeBatch.Result result = batch.measure(Weights.fromBytes(candidate.bytes()));
        loss = result.loss();
        tokens = result.tokens();
        var all = new ArrayList<Measurement>();
        all.add(Measurement.of("probeLossNats", loss));
        if (servedTokens.length == tokens.length) {
            var churn = new Summary();
            for (int i = 0; i < tokens.length; i++) {
                churn.add(tokens[i] == servedTokens[i] ? 0 : 1);
            }
            all.add(churn.of("probeChurn", -1, -1));
        }
        all.addAll(result.attention());
        measured = List.copyOf(all);
    }

    @Override
    public ModelArtifact publish() {
        ModelArtifact candidate = learner.publish();
        if (!batch.isComplete()) {
            served = config.windows() > 0 ? candidate.bytes() : null;
            return candidate;
        }
        measure(candidate);
        String refusal = served == null ? "" : refusal();
        if (!refusal.isEmpty()) {
            verdict = PublicationVerdict.VETOED;
            return PublicationVerdict.inPlaceOf(candidate, served, refusal);
        }
        if (recent.size() == RECENT) {
            recent.removeFirst();
        }
        recent.addLast(loss);
        served = candidate.bytes();
        servedTokens = tokens;
        verdict = PublicationVerdict.PUBLISHED;
        return candidate;
    }

    private String refusal() {
        if (!Double.isFinite(loss)) {
            return "loss on the probe is %s".formatted(loss);
        }
        double best = recent.isEmpty() ? loss : Collections.min(recent);
        return loss <= best + config.tolerance()
                ? ""
                : "loss on the probe is %s, the best of late %s".formatted(loss, best);
    }

    @Override
    public float[] averaged() {
        return learner.averaged();
    }

    @Override
    public void setAveraged(float[] values) {
        learner.setAveraged(values);
        measured = null;
    }

    @Override
    public Set<String> actions() {
        return learner.actions();
    }

    @Override
    public String obey(Order order, boolean dryRun) {
        String change = learner.obey(order, dryRun);
        if (!dryRun) {
            measured = null;
        }
        return change;
    }

    /**
     * {@inheritDoc}
     *
     * <p>It may be published whatever it loses against later ones.
     */
    @Override
    public void adopt(ModelArtifact version) {
        learner.adopt(version);
        measured = null;
        recent.clear();
    }

    /**
     * Payload, format 1, big-endian: the learner's payload (int format, int length, bytes), the
     * probe batch, sources behind it (int count, then UTF and tokens since as int), losses of
     * recent versions (int count, doubles), whether a version was published (boolean), if so its
     * weights (int length, bytes), its most likely tokens (int count, shorts), the verdict that is
     * yet to be reported (byte).
     */
    @Override
    public LearnerSnapshot snapshot() {
        LearnerSnapshot inner = learner.snapshot();
        var bytes = new ByteArrayOutputStream(inner.payload().length + 1024);
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(inner.formatVersion());
            SavedState.writeBlock(out, inner.payload());
            batch.write(out);
            out.writeInt(learnedSince.size());
            for (var entry : learnedSince.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeInt(entry.getValue());
            }
            out.writeInt(recent.size());
            for (double one : recent) {
                out.writeDouble(one);
            }
            out.writeBoolean(served != null);
            if (served != null) {
                SavedState.writeBlock(out, served);
            }
            out.writeInt(servedTokens.length);
            for (int token : servedTokens) {
                out.writeShort(token);
            }
            out.writeByte(verdict.code());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LearnerSnapshot(
                KIND, FORMAT_VERSION, inner.step(), inner.metadata(), bytes.toByteArray());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Also from a snapshot of a learner without this guard: the probe batch are then the next
     * full windows of the stream.
     */
    @Override
    public void restore(LearnerSnapshot snapshot) {
        if (snapshot.kind().equals(LanguageModel.KIND)) {
            learner.restore(snapshot);
            batch.clear();
            learnedSince.clear();
            recent.clear();
            served = learner.publish().bytes();
            servedTokens = new int[0];
            verdict = PublicationVerdict.REPORTED;
        } else {
            restoreGuarded(snapshot);
        }
        steps = snapshot.step();
        measured = null;
    }

    private void restoreGuarded(LearnerSnapshot snapshot) {
        snapshot.checkFormat(KIND, FORMAT_VERSION, FORMAT_VERSION);
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot.payload()))) {
            learner.restore(
                    new LearnerSnapshot(
                            LanguageModel.KIND,
                            in.readInt(),
                            snapshot.step(),
                            snapshot.metadata(),
                            SavedState.readBlock(in)));
            batch.read(in);
            learnedSince.clear();
            for (int i = in.readInt(); i > 0; i--) {
                learnedSince.put(in.readUTF(), in.readInt());
            }
            recent.clear();
            for (int i = in.readInt(); i > 0; i--) {
                recent.addLast(in.readDouble());
            }
            served = in.readBoolean() ? SavedState.readBlock(in) : null;
            servedTokens = new int[in.readInt()];
            for (int i = 0; i < servedTokens.length; i++) {
                servedTokens[i] = in.readUnsignedShort();
            }
            verdict = PublicationVerdict.of(in.readByte());
        } catch (IOException e) {
            throw new IllegalArgumentException("guarded learner's payload is cut short", e);
        }
    }

    @Override
    public void close() {
        learner.close();
        batch.close();
    }
}
