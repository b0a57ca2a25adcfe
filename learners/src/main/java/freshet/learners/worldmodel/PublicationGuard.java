package freshet.learners.worldmodel;

import freshet.learners.LearnerSnapshot;
import freshet.learners.ModelArtifact;
import freshet.learners.Order;
import freshet.learners.PublicationVerdict;
import freshet.learners.SavedState;
import freshet.learners.SegmentedLearner;
import freshet.learners.StepReport;
import freshet.learners.tensor.TensorEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * A world model learner that publishes nothing that robots may not act by, {@link ActingCheck}. In
 * place of a version that fails, the weights published last are published again, so that predictors
 * need not wait. The learner itself goes on; its next report says that a version was vetoed.
 *
 * <p>State beside the learner's: the weights published last.
 */
public final class PublicationGuard implements SegmentedLearner<ExperienceBatch> {

    private static final String KIND = "guarded-world-model";
    private static final int FORMAT_VERSION = 2;
    private static final int OLDEST_FORMAT = 1;

    private final WorldModelLearner learner;
    private final ActingCheck check;
    private byte[] served; // null before the first version
    private PublicationVerdict verdict = PublicationVerdict.REPORTED;

    /**
     * @param engine of the check
     * @param frame what cameras deliver
     * @param learner of that model; closed with this
     */
    public PublicationGuard(
            TensorEngine engine, WorldModelConfig model, Frame frame, WorldModelLearner learner) {
        this.learner = learner;
        check = new ActingCheck(engine, model, frame);
    }

    @Override
    public StepReport step(ExperienceBatch batch) {
        StepReport report = learner.step(batch);
        if (!report.applied()) {
            return report;
        }
        PublicationVerdict last = verdict;
        verdict = PublicationVerdict.REPORTED;
        return last.addTo(report);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the first version of all may not be published: there is none
     *     to take its place
     */
    @Override
    public ModelArtifact publish() {
        ModelArtifact candidate = learner.publish();
        String refusal = check.refusal(candidate);
        if (refusal.isEmpty()) {
            served = candidate.bytes();
            verdict = PublicationVerdict.PUBLISHED;
            return candidate;
        }
        if (served == null) {
            throw new IllegalStateException(
                    "no robot may act by the first version, of step %d: %s"
                            .formatted(candidate.step(), refusal));
        }
        verdict = PublicationVerdict.VETOED;
        return PublicationVerdict.inPlaceOf(candidate, served, refusal);
    }

    @Override
    public Set<String> actions() {
        return learner.actions();
    }

    @Override
    public String obey(Order order, boolean dryRun) {
        return learner.obey(order, dryRun);
    }

    @Override
    public void adopt(ModelArtifact version) {
        learner.adopt(version);
    }

    @Override
    public LearnerSnapshot snapshot() {
        return guarded(learner.snapshot());
    }

    @Override
    public LearnerSnapshot snapshotWithoutSegments() {
        return guarded(learner.snapshotWithoutSegments());
    }

    /**
     * Payload, format 2, big-endian: the learner's payload (int format, int length, bytes), whether
     * a version was published (boolean), if so its weights (int length, bytes), the verdict that is
     * yet to be reported (byte: 0 none, 1 published, 2 vetoed). Format 1 differs in the learner's
     * own format.
     */
    private LearnerSnapshot guarded(LearnerSnapshot inner) {
        var bytes = new ByteArrayOutputStream(inner.payload().length + 64);
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(inner.formatVersion());
            SavedState.writeBlock(out, inner.payload());
            out.writeBoolean(served != null);
            if (served != null) {
                SavedState.writeBlock(out, served);
            }
            out.writeByte(verdict.code());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LearnerSnapshot(
                KIND, FORMAT_VERSION, inner.step(), inner.metadata(), bytes.toByteArray());
    }

    @Override
    public void restore(LearnerSnapshot snapshot) {
        restoreGuarded(snapshot, null);
    }

    @Override
    public void restore(LearnerSnapshot snapshot, SortedMap<Long, byte[]> segments) {
        restoreGuarded(snapshot, segments);
    }

    private void restoreGuarded(LearnerSnapshot snapshot, SortedMap<Long, byte[]> segments) {
        if (snapshot.kind().equals(WorldModelActor.KIND)) { // of before there was a guard
            restoreInner(snapshot, segments);
            served = null;
            verdict = PublicationVerdict.REPORTED;
            return;
        }
        snapshot.checkFormat(KIND, OLDEST_FORMAT, FORMAT_VERSION);
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot.payload()))) {
            var inner =
                    new LearnerSnapshot(
                            WorldModelActor.KIND,
                            in.readInt(),
                            snapshot.step(),
                            snapshot.metadata(),
                            SavedState.readBlock(in));
            byte[] weights = in.readBoolean() ? SavedState.readBlock(in) : null;
            PublicationVerdict last = PublicationVerdict.of(in.readByte());
            restoreInner(inner, segments);
            served = weights;
            verdict = last;
        } catch (IOException e) {
            throw new IllegalArgumentException("guarded world model's payload is cut short", e);
        }
    }

    private void restoreInner(LearnerSnapshot inner, SortedMap<Long, byte[]> segments) {
        if (segments == null) {
            learner.restore(inner);
        } else {
            learner.restore(inner, segments);
        }
    }

    @Override
    public SortedMap<Long, byte[]> changedSegments() {
        return learner.changedSegments();
    }

    @Override
    public SortedSet<Long> segmentNumbers() {
        return learner.segmentNumbers();
    }

    @Override
    public void close() {
        learner.close();
        check.close();
    }
}
