package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class ServingVersionsTest {

    private static final long DELAY = 1;

    private final ServingVersions live = new ServingVersions(config(false));
    private final ServingVersions evaluation = new ServingVersions(config(true));

    @Test
    void evaluationServesNoVersionThatHasLearnedOfTheTextsTime() {
        evaluation.add(version(16, 100));
        evaluation.add(version(32, 200));

        assertThat(evaluation.dueFor(200, true).version).isEqualTo(16); // 200 + 1 > 200
        assertThat(evaluation.dueFor(201, true)).isNull(); // version 48 may still come with 200
        evaluation.add(version(48, 300));
        assertThat(evaluation.dueFor(201, true).version).isEqualTo(32);
    }

    @Test
    void liveTakesTheNewestVersionThatMayBeScored() {
        live.add(version(0, -1));
        live.add(version(16, 100));
        live.add(version(32, 200));

        assertThat(live.dueFor(100, true).version).isEqualTo(0);
        assertThat(live.dueFor(101, true).version).isEqualTo(16);
        assertThat(live.dueFor(999, true).version).isEqualTo(32);
    }

    @Test
    void liveNeverWaitsButSaysWhatIsNoTest() {
        for (int i = 0; i < 6; i++) {
            live.add(version(16L * i, 100L * (i + 1)));
        }

        ModelVersion due = live.dueFor(50, true); // far behind: all that are kept have seen it

        assertThat(due.version).isEqualTo(80);
        assertThat(ServingVersions.hasSeen(due.trainedThroughMillis, 50)).isTrue();
        assertThat(live.size()).isEqualTo(4);
    }

    @Test
    void aVersionTrainedThroughATimeHasSeenTextsOfThatTime() {
        // Several records share one time, and a batch may end within a record: t is not enough.
        assertThat(ServingVersions.hasSeen(100, 100)).isTrue();
        assertThat(ServingVersions.hasSeen(100, 101)).isFalse();
        assertThat(ServingVersions.hasSeen(-1, 0)).isFalse();
    }

    @Test
    void liveKeepsAVersionThatHasNotSeenTheLastTextHoweverFarTheLearnerRunsAhead() {
        live.add(version(0, -1));
        live.add(version(16, 100));
        live.dueFor(150, true);
        for (int i = 2; i < 50; i++) {
            live.add(version(16L * i, 100L * i));
        }

        // 0 has been superseded; of the rest the one due at 150 and the newest stay for certain.
        assertThat(live.dueFor(150, true).version).isEqualTo(16);
        assertThat(live.dueFor(10_000, true).version).isEqualTo(16 * 49);
        assertThat(live.size()).isEqualTo(ServingVersions.LIVE_VERSIONS);
    }

    @Test
    void liveAnswersAQueryByTheNewestVersion() {
        live.add(version(0, -1));
        live.add(version(16, 100));

        assertThat(live.dueFor(50, true).version).isEqualTo(0);
        assertThat(live.dueFor(50, false).version).isEqualTo(16);
    }

    @Test
    void evaluationAnswersByTheOldestWhereTheDueVersionIsGone() {
        evaluation.add(version(16, 100));
        evaluation.add(version(32, 200));

        ModelVersion due = evaluation.dueFor(50, true);

        assertThat(due.version).isEqualTo(16);
        assertThat(ServingVersions.hasSeen(due.trainedThroughMillis, 50)).isTrue();
    }

    @Test
    void theFrozenVersionAnswersNoTextFromBeforeTheFreeze() {
        var frozenAt150 = new ServingVersions(new ServingConfig(true, DELAY, 5, 150, 0, 0));
        frozenAt150.add(version(0, -1));
        frozenAt150.add(version(16, 100));
        frozenAt150.add(version(32, 200));

        assertThat(frozenAt150.frozenFor(100)).isNull(); // version 16 has learned it
        assertThat(frozenAt150.frozenFor(150)).isNull();
        assertThat(frozenAt150.frozenFor(151).version).isEqualTo(16);
    }

    @Test
    void whatIsKeptComesBackAfterARestartInAnyOrder() {
        for (int i = 0; i < 10; i++) {
            live.add(version(16L * i, 100L * i));
        }
        var restored = new ServingVersions(config(false));
        var shuffled = new ArrayList<>(live.kept());
        Collections.reverse(shuffled);
        restored.restore(shuffled);

        assertThat(restored.kept()).isEqualTo(live.kept());
    }

    private static ServingConfig config(boolean evaluation) {
        return new ServingConfig(evaluation, DELAY, 5, -1, 0, 0);
    }

    private static ModelVersion version(long number, long trainedThrough) {
        ModelVersion version = new ModelVersion();
        version.version = number;
        version.trainedThroughMillis = trainedThrough;
        version.completeThroughMillis = trainedThrough;
        return version;
    }
}
