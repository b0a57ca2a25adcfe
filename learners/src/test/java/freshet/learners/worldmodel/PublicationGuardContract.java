package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.OnlineLearnerContract;
import freshet.learners.PublicationVerdict;
import freshet.learners.StepReport;
import freshet.learners.tensor.TensorEngine;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The guarded world model learner on one engine; each engine extends this. */
public abstract class PublicationGuardContract extends OnlineLearnerContract<ExperienceBatch> {

    /** Format and length of the learner's payload; seed, updates and the number of weights. */
    private static final int FIRST_WEIGHT = 2 * Integer.BYTES + 2 * Long.BYTES + Integer.BYTES;

    protected abstract TensorEngine engine();

    private PublicationGuard guard(long seed) {
        return new PublicationGuard(
                engine(),
                Beads.MODEL,
                Beads.FRAME,
                new WorldModelLearner(engine(), Beads.MODEL, Beads.learning(seed), Beads.FRAME));
    }

    @Override
    protected OnlineLearner<ExperienceBatch> newLearner(long seed) {
        PublicationGuard guard = guard(seed);
        guard.publish(); // as the stream does
        return guard;
    }

    @Override
    protected OnlineLearner<ExperienceBatch> brokenLearner() {
        PublicationGuard guard = guard(1);
        guard.restore(withNan(guard.snapshot(), FIRST_WEIGHT));
        return guard;
    }

    @Override
    protected List<ExperienceBatch> batches() {
        return Beads.batches();
    }

    @Override
    protected List<String> oldSnapshots() {
        return List.of(
                "/snapshots/v1/guarded-world-model.bin", "/snapshots/v2/guarded-world-model.bin");
    }

    @Override
    protected LearnerSnapshot adopted(LearnerSnapshot snapshot) {
        return snapshot.adoptedBy(engine().metadata());
    }

    private static double veto(StepReport report) {
        return report.measurements().stream()
                .filter(point -> point.name().equals(PublicationVerdict.VETO))
                .mapToDouble(Measurement::mean)
                .findFirst()
                .orElse(Double.NaN);
    }

    @Test
    void whatPassesIsPublishedAndSaid() {
        try (PublicationGuard guard = guard(1)) {
            assertThat(veto(guard.step(batches().get(0)))).isNaN(); // nothing was published
            ModelArtifact published = guard.publish();
            assertThat(published.metadata()).doesNotContainKey(PublicationVerdict.REASON);
            assertThat(veto(guard.step(batches().get(1)))).isZero();
            assertThat(veto(guard.step(batches().get(2)))).isNaN(); // said once
            assertThat(guard.publish().checksum()).isNotEqualTo(published.checksum());
        }
    }

    @Test
    void aWeightThatIsNotFiniteIsVetoedAndTheVersionBeforeServed() {
        try (PublicationGuard guard = guard(1)) {
            guard.step(batches().get(0));
            ModelArtifact good = guard.publish();
            guard.step(batches().get(1));
            guard.restore(withNan(guard.snapshot(), FIRST_WEIGHT));
            ModelArtifact vetoed = guard.publish();
            assertThat(vetoed.checksum()).isEqualTo(good.checksum());
            assertThat(vetoed.step()).isEqualTo(2);
            assertThat(vetoed.metadata().get(PublicationVerdict.REASON))
                    .isEqualTo("weight 0 is NaN");
        }
    }

    /** Every weight is finite here, but what they make of a frame is not. */
    @Test
    void weightsThatAreFiniteButLeadNowhereAreVetoed() {
        try (PublicationGuard guard = guard(1)) {
            guard.step(batches().get(0));
            ModelArtifact good = guard.publish();
            guard.restore(withHugeWeights(guard.snapshot(), good.bytes().length / Float.BYTES));
            ModelArtifact vetoed = guard.publish();
            assertThat(vetoed.checksum()).isEqualTo(good.checksum());
            assertThat(vetoed.metadata().get(PublicationVerdict.REASON)).contains("of a trial");
        }
    }

    @Test
    void aVetoIsReportedAfterARestartToo() {
        try (PublicationGuard guard = guard(1);
                PublicationGuard resumed = guard(1)) {
            guard.step(batches().get(0));
            guard.publish();
            LearnerSnapshot healthy = guard.snapshot();
            guard.restore(withNan(healthy, FIRST_WEIGHT));
            guard.publish();
            // The weights heal, as a learner would that came back from far away.
            byte[] payload = guard.snapshot().payload();
            ByteBuffer.wrap(payload)
                    .putFloat(
                            FIRST_WEIGHT,
                            ByteBuffer.wrap(healthy.payload()).getFloat(FIRST_WEIGHT));
            resumed.restore(
                    new LearnerSnapshot(
                            healthy.kind(), 1, healthy.step(), healthy.metadata(), payload));
            assertThat(veto(resumed.step(batches().get(1)))).isEqualTo(1);
        }
    }

    @Test
    void thereIsNothingInPlaceOfTheVeryFirstVersion() {
        try (PublicationGuard guard = guard(1)) {
            guard.restore(withNan(guard.snapshot(), FIRST_WEIGHT));
            assertThatThrownBy(guard::publish)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("weight 0 is NaN");
        }
    }

    @Test
    void readsWhatALearnerWithoutGuardHasWritten() {
        try (PublicationGuard guard = guard(1);
                var alone =
                        new WorldModelLearner(
                                engine(), Beads.MODEL, Beads.learning(1), Beads.FRAME)) {
            alone.step(batches().get(0));
            guard.restore(alone.snapshot());
            guard.step(batches().get(1));
            alone.step(batches().get(1));
            assertThat(guard.publish().checksum()).isEqualTo(alone.publish().checksum());
        }
    }

    private static LearnerSnapshot withHugeWeights(LearnerSnapshot healthy, int count) {
        byte[] payload = healthy.payload().clone();
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(FIRST_WEIGHT + i * Float.BYTES, 1e38f);
        }
        return new LearnerSnapshot(
                healthy.kind(),
                healthy.formatVersion(),
                healthy.step(),
                healthy.metadata(),
                payload);
    }
}
