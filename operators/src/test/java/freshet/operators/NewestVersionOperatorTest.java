package freshet.operators;

import static freshet.operators.NewestVersionOperator.LONGEST_HOLD_MILLIS;
import static freshet.operators.NewestVersionOperator.QUIET_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import freshet.schemas.TextPrediction;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which versions a live predictor is handed; the clock is moved by hand. */
class NewestVersionOperatorTest {

    private static final long FREEZE = 500;

    private OneInputStreamOperatorTestHarness<ModelVersion, ModelVersion> newest;

    @BeforeEach
    void open() throws Exception {
        newest = harness(new ServingConfig(false, 1, 8, -1, 0, 0));
    }

    @AfterEach
    void close() throws Exception {
        newest.close();
    }

    @Test
    void ofManyThatWaitOnlyTheNewestIsPassedOn() throws Exception {
        for (int i = 1; i <= 1_000; i++) {
            take(version(i, 10L * i));
        }
        assertThat(passedOn()).isEmpty();

        newest.setProcessingTime(QUIET_MILLIS);

        assertThat(passedOn()).containsExactly(1_000L);
    }

    @Test
    void everyVersionOfALearnerThatIsNotAheadIsPassedOn() throws Exception {
        for (int i = 1; i <= 3; i++) {
            take(version(i, 10L * i));
            newest.setProcessingTime(i * QUIET_MILLIS);
        }
        assertThat(passedOn()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void versionsThatNeverPauseAreNotHeldForEver() throws Exception {
        long step = QUIET_MILLIS / 2;
        for (int i = 0; i * step < 2 * LONGEST_HOLD_MILLIS; i++) {
            newest.setProcessingTime(i * step);
            take(version(i, 10L * i));
        }
        // Held since 0 and replaced until 200, when the clock moves before the next one comes.
        long last = LONGEST_HOLD_MILLIS / step - 1;
        assertThat(passedOn()).containsExactly(last);
    }

    @Test
    void theFrozenCopyIsNotSuperseded() throws Exception {
        newest.close();
        newest = harness(new ServingConfig(false, 1, 8, FREEZE, 0, 0));
        take(version(1, FREEZE - 100));
        take(version(2, FREEZE));
        take(version(3, FREEZE + 100));
        take(version(4, FREEZE + 200));
        newest.setProcessingTime(QUIET_MILLIS);

        assertThat(passedOn()).containsExactly(2L, 4L);
    }

    @Test
    void whatARestartedLearnerPublishesAgainDoesNotSupersede() throws Exception {
        take(version(8, 80));
        take(version(7, 70));
        take(version(8, 80));
        newest.setProcessingTime(QUIET_MILLIS);

        assertThat(passedOn()).containsExactly(8L);
    }

    @Test
    void whatIsHeldGoesOnBeforeACheckpoint() throws Exception {
        take(version(1, 10));
        take(version(2, 20));

        newest.prepareSnapshotPreBarrier(1);

        assertThat(passedOn()).containsExactly(2L);
        newest.setProcessingTime(QUIET_MILLIS);
        assertThat(passedOn()).containsExactly(2L);
    }

    @Test
    void whatIsHeldGoesOnAtTheEndOfTheInput() throws Exception {
        take(version(1, 10));
        take(version(2, 20));

        newest.endInput();

        assertThat(passedOn()).containsExactly(2L);
    }

    /** Many versions wait; one is handed over and opened, the newest. */
    @Test
    void aPredictorWithABacklogOfVersionsServesTheNewest() throws Exception {
        List<TextRecord> texts = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
            texts.add(SmallText.record("mill", i, 1_000 + i, "the water turns the wheel and runs"));
        }
        List<ModelVersion> backlog = LearnBranch.versionsOf(texts);
        assertThat(backlog).hasSizeGreaterThan(20);
        for (ModelVersion version : backlog) {
            take(version);
        }
        newest.setProcessingTime(QUIET_MILLIS);
        List<ModelVersion> handed = newest.extractOutputValues();

        assertThat(handed).hasSize(1);
        try (var branch = new PredictBranch(SmallText.live(), 1)) {
            branch.take(handed.get(0));
            branch.take(SmallText.record("mill", 160, 1_160, "the water turns the wheel"));
            assertThat(branch.predictions())
                    .extracting(TextPrediction::getModelVersion)
                    .containsExactly(backlog.get(backlog.size() - 1).version);
        }
    }

    private void take(ModelVersion version) throws Exception {
        newest.processElement(version, 0);
    }

    private List<Long> passedOn() {
        return newest.extractOutputValues().stream().map(version -> version.version).toList();
    }

    private static OneInputStreamOperatorTestHarness<ModelVersion, ModelVersion> harness(
            ServingConfig serving) throws Exception {
        var harness =
                new OneInputStreamOperatorTestHarness<ModelVersion, ModelVersion>(
                        new NewestVersionOperator(serving));
        harness.open();
        harness.setProcessingTime(0);
        return harness;
    }

    private static ModelVersion version(long number, long trainedThrough) {
        ModelVersion version = new ModelVersion();
        version.version = number;
        version.trainedThroughMillis = trainedThrough;
        version.completeThroughMillis = trainedThrough;
        return version;
    }
}
