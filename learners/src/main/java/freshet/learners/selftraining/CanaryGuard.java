package freshet.learners.selftraining;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.Order;
import freshet.learners.PublicationVerdict;
import freshet.learners.SavedState;
import freshet.learners.StepReport;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A learner that publishes nothing that has become worse on a canary: labelled examples that are
 * never learned. A version whose accuracy there is lower than that of the best one so far by more
 * than the tolerance is vetoed: the weights published last are published again in its place, so
 * that predictors need not wait. The learner itself goes on.
 *
 * <p>State beside the learner's: the newest canary examples, bounded by {@link Config#examples},
 * and the weights of two versions. Without a canary everything is published.
 */
public final class CanaryGuard implements OnlineLearner<ExampleBatch> {

    /** Metadata of a version that was vetoed: accuracy that it would have had. */
    public static final String VETOED = "canary.vetoed.accuracy";

    private static final String KIND = "guarded-classifier";
    private static final int FORMAT_VERSION = 2;
    private static final int OLDEST_FORMAT = 1;
    private static final int GROUP = 64;

    /**
     * How much is asked for.
     *
     * @param examples of the canary that are kept, the newest, in [1, 100000]
     * @param tolerance accuracy that a version may lose against the best one, in [0, 1]
     */
    public record Config(int examples, double tolerance) implements Serializable {

        public Config {
            if (examples < 1 || examples > 100_000) {
                throw new IllegalArgumentException(
                        "canary.images is %d, must be in [1, 100000]".formatted(examples));
            }
            if (!(tolerance >= 0 && tolerance <= 1)) {
                throw new IllegalArgumentException(
                        "canary.tolerance is %s, must be in [0, 1]".formatted(tolerance));
            }
        }
    }

    private final SelfTrainingLearner learner;
    private final LayeredNetwork network;
    private final Config config;
    private final TensorEngine engine;
    private Classifier judge; // made with the first version that is judged
    private float[] canary = {}; // [n, ...], oldest first
    private int[] labels = {}; // [n]
    private byte[] served; // weights published last; null before the first
    private byte[] best; // those that did best on the canary
    private double bestAccuracy = Double.NaN; // NaN: not known on this canary
    private double lastAccuracy = Double.NaN; // of the last candidate; NaN: reported
    private boolean lastVetoed;
    private long steps;

    /**
     * @param learner closed with this
     */
    public CanaryGuard(
            TensorEngine engine,
            LayeredNetwork network,
            SelfTrainingLearner learner,
            Config config) {
        this.engine = engine;
        this.network = network;
        this.learner = learner;
        this.config = config;
    }

    @Override
    public StepReport step(ExampleBatch batch) {
        if (batch.kind() == ExampleBatch.Kind.CANARY) {
            batch.check(network);
            keep(batch);
            return new StepReport(steps, true, "", 0, 0, 0, List.of());
        }
        StepReport report = learner.step(batch);
        steps = report.step();
        if (!report.applied() || Double.isNaN(lastAccuracy)) {
            return report;
        }
        StepReport whole =
                report.and(
                        Measurement.of("canaryAccuracy", lastAccuracy),
                        Measurement.of(PublicationVerdict.VETO, lastVetoed ? 1 : 0));
        lastAccuracy = Double.NaN;
        return whole;
    }

    private void keep(ExampleBatch batch) {
        int size = network.size(0);
        int all = labels.length + batch.count();
        int kept = Math.min(config.examples(), all);
        float[] examples = Arrays.copyOf(canary, all * size);
        System.arraycopy(batch.examples(), 0, examples, canary.length, batch.count() * size);
        int[] classes = Arrays.copyOf(labels, all);
        System.arraycopy(batch.labels(), 0, classes, labels.length, batch.count());
        canary = Arrays.copyOfRange(examples, (all - kept) * size, all * size);
        labels = Arrays.copyOfRange(classes, all - kept, all);
        bestAccuracy = Double.NaN;
    }

    @Override
    public ModelArtifact publish() {
        ModelArtifact candidate = learner.publish();
        if (labels.length > 0) {
            lastAccuracy = accuracy(candidate);
            if (best != null && Double.isNaN(bestAccuracy)) {
                bestAccuracy = accuracy(candidate.with(Map.of(), best)); // on the canary of now
            }
            lastVetoed = best != null && lastAccuracy < bestAccuracy - config.tolerance();
            if (lastVetoed) {
                return vetoed(candidate);
            }
            if (best == null || lastAccuracy >= bestAccuracy) {
                best = candidate.bytes();
                bestAccuracy = lastAccuracy;
            }
        }
        served = candidate.bytes();
        return candidate;
    }

    private ModelArtifact vetoed(ModelArtifact candidate) {
        Map<String, String> metadata = new TreeMap<>(candidate.metadata());
        metadata.put(VETOED, String.valueOf(lastAccuracy));
        return candidate.with(metadata, served);
    }

    private double accuracy(ModelArtifact artifact) {
        if (judge == null) {
            judge = new Classifier(engine, network, GROUP, artifact);
        } else {
            judge.load(artifact);
        }
        return (double) judge.right(canary, labels) / labels.length;
    }

    @Override
    public Set<String> actions() {
        return learner.actions();
    }

    @Override
    public String obey(Order order, boolean dryRun) {
        return learner.obey(order, dryRun);
    }

    /**
     * {@inheritDoc}
     *
     * <p>It may be published whatever it loses against the best so far, which begins anew.
     */
    @Override
    public void adopt(ModelArtifact version) {
        learner.adopt(version);
        best = null;
        bestAccuracy = Double.NaN;
    }

    /**
     * Payload, format 2, big-endian: the learner's payload (int format, int length, bytes), the
     * canary (int count, as many labels (ints) and examples (floats)), whether there are served
     * weights and best ones (booleans), each its weights (int count, floats), accuracy of the best
     * and of the last candidate (doubles), whether that was vetoed (boolean). Format 1 differs in
     * the learner's own format.
     */
    @Override
    public LearnerSnapshot snapshot() {
        LearnerSnapshot inner = learner.snapshot();
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(inner.formatVersion());
            SavedState.writeBlock(out, inner.payload());
            out.writeInt(labels.length);
            for (int label : labels) {
                out.writeInt(label);
            }
            out.write(Weights.toBytes(canary));
            for (byte[] weights : Arrays.asList(served, best)) {
                out.writeBoolean(weights != null);
                if (weights != null) {
                    out.writeInt(weights.length / Float.BYTES);
                    out.write(weights);
                }
            }
            out.writeDouble(bestAccuracy);
            out.writeDouble(lastAccuracy);
            out.writeBoolean(lastVetoed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LearnerSnapshot(
                KIND, FORMAT_VERSION, inner.step(), inner.metadata(), bytes.toByteArray());
    }

    @Override
    public void restore(LearnerSnapshot snapshot) {
        snapshot.check(
                KIND, OLDEST_FORMAT, FORMAT_VERSION, network.fingerprint(), engine.metadata());
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot.payload()))) {
            learner.restore(
                    new LearnerSnapshot(
                            Classifier.KIND,
                            in.readInt(),
                            snapshot.step(),
                            snapshot.metadata(),
                            SavedState.readBlock(in)));
            steps = snapshot.step();
            labels = new int[in.readInt()];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = in.readInt();
            }
            canary = Weights.read(in, labels.length * network.size(0));
            served = in.readBoolean() ? in.readNBytes(in.readInt() * Float.BYTES) : null;
            best = in.readBoolean() ? in.readNBytes(in.readInt() * Float.BYTES) : null;
            bestAccuracy = in.readDouble();
            lastAccuracy = in.readDouble();
            lastVetoed = in.readBoolean();
        } catch (IOException e) {
            throw new IllegalArgumentException("guarded classifier's payload is cut short", e);
        }
    }

    @Override
    public void close() {
        learner.close();
        if (judge != null) {
            judge.close();
        }
    }
}
