package freshet.learners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What every learner must satisfy; each learner's test extends this and supplies a few methods.
 *
 * @param <B> one mini-batch
 */
public abstract class OnlineLearnerContract<B> {

    protected abstract OnlineLearner<B> newLearner(long seed);

    /** A learner whose next step over {@code batches().get(0)} meets a loss that is not finite. */
    protected abstract OnlineLearner<B> brokenLearner();

    /** The snapshot with NaN in the float at {@code at} of its payload: a weight gone bad. */
    protected static LearnerSnapshot withNan(LearnerSnapshot healthy, int at) {
        byte[] payload = healthy.payload().clone();
        ByteBuffer.wrap(payload).putFloat(at, Float.NaN);
        return new LearnerSnapshot(
                healthy.kind(),
                healthy.formatVersion(),
                healthy.step(),
                healthy.metadata(),
                payload);
    }

    /** At least four batches, the same on every call. */
    protected abstract List<B> batches();

    /**
     * Resources that hold a snapshot of {@code newLearner(1)} after two batches, one per format,
     * the format of today last.
     */
    protected abstract List<String> oldSnapshots();

    /** Makes a snapshot of another machine fit this one. */
    protected abstract LearnerSnapshot adopted(LearnerSnapshot snapshot);

    @Test
    void resumingFromASnapshotEqualsNeverStopping() {
        for (int stop = 0; stop <= batches().size(); stop++) {
            try (var straight = newLearner(1);
                    var first = newLearner(1);
                    var resumed = newLearner(2)) {
                batches().forEach(straight::step);
                batches().subList(0, stop).forEach(first::step);
                // Through bytes: what a checkpoint keeps.
                resumed.restore(LearnerSnapshot.fromBytes(first.snapshot().toBytes()));
                batches().subList(stop, batches().size()).forEach(resumed::step);
                assertThat(withoutSettings(resumed.snapshot()))
                        .isEqualTo(withoutSettings(straight.snapshot()));
            }
        }
    }

    /** The settings' text in the metadata names the seed that the resumed learner was made with. */
    private static LearnerSnapshot withoutSettings(LearnerSnapshot snapshot) {
        return new LearnerSnapshot(
                snapshot.kind(),
                snapshot.formatVersion(),
                snapshot.step(),
                Map.of(),
                snapshot.payload());
    }

    @Test
    void equalSeedsGiveEqualLearners() {
        try (var one = newLearner(1);
                var other = newLearner(1);
                var different = newLearner(2)) {
            for (B batch : batches()) {
                StepReport report = one.step(batch);
                assertThat(other.step(batch)).isEqualTo(report);
                different.step(batch);
            }
            assertThat(one.snapshot().hash()).isEqualTo(other.snapshot().hash());
            assertThat(one.publish().checksum()).isNotEqualTo(different.publish().checksum());
        }
    }

    @Test
    void snapshotIsACopyAndSurvivesBytes() {
        try (var learner = newLearner(1)) {
            learner.step(batches().get(0));
            LearnerSnapshot snapshot = learner.snapshot();
            String before = snapshot.hash();
            learner.step(batches().get(1));
            assertThat(snapshot.hash()).isEqualTo(before);
            assertThat(LearnerSnapshot.fromBytes(snapshot.toBytes())).isEqualTo(snapshot);
            assertThat(snapshot.step()).isEqualTo(1);
        }
    }

    @Test
    void refusesASnapshotOfAnotherKindOrFormat() {
        try (var learner = newLearner(1)) {
            LearnerSnapshot own = learner.snapshot();
            var otherKind = new LearnerSnapshot("other", 1, 0, own.metadata(), own.payload());
            assertThatThrownBy(() -> learner.restore(otherKind))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("other");
            var otherFormat = new LearnerSnapshot(own.kind(), 99, 0, own.metadata(), own.payload());
            assertThatThrownBy(() -> learner.restore(otherFormat))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("99");
            assertThat(learner.snapshot()).isEqualTo(own);
        }
    }

    @Test
    void readsASnapshotOfEveryFormat() {
        for (String name : oldSnapshots()) {
            LearnerSnapshot old = adopted(snapshot(name));
            try (var learner = newLearner(2)) {
                learner.restore(old);
                LearnerSnapshot now = learner.snapshot();
                assertThat(now.step()).as(name).isEqualTo(2);
                if (old.formatVersion() == now.formatVersion()) {
                    assertThat(withoutSettings(now)).as(name).isEqualTo(withoutSettings(old));
                }
                assertThat(learner.step(batches().get(2)).step()).as(name).isEqualTo(3);
            }
        }
    }

    @Test
    void keepsASnapshotOfTheFormatOfToday() {
        String newest = oldSnapshots().get(oldSnapshots().size() - 1);
        try (var learner = newLearner(1)) {
            assertThat(snapshot(newest).formatVersion())
                    .isEqualTo(learner.snapshot().formatVersion());
        }
    }

    /** Reads a snapshot among the test resources. */
    protected static LearnerSnapshot snapshot(String resource) {
        return LearnerSnapshot.fromBytes(resource(resource));
    }

    private static byte[] resource(String name) {
        try (InputStream in = OnlineLearnerContract.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void refusesALossThatIsNotFiniteAndStaysAsItWas() {
        try (var learner = brokenLearner()) {
            String before = learner.snapshot().hash();
            StepReport report = learner.step(batches().get(0));
            assertThat(report.applied()).isFalse();
            assertThat(report.refusal()).contains("step");
            assertThat(learner.snapshot().hash()).isEqualTo(before);
        }
    }

    @Test
    void repeatingABatchLowersItsLoss() {
        try (var learner = newLearner(1)) {
            B batch = batches().get(0);
            double first = learner.step(batch).lossBeforeLearning();
            double last = first;
            for (int i = 0; i < 30; i++) {
                last = learner.step(batch).lossBeforeLearning();
            }
            assertThat(last).isLessThan(0.8 * first);
        }
    }
}
