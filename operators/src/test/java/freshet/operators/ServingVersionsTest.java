package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServingVersionsTest {

    private static final long DELAY = 1;

    private final ServingVersions live = new ServingVersions(config(false));
    private final ServingVersions evaluation = new ServingVersions(config(true));

    @Test
    void evaluationServesNoVersionThatHasLearnedOfTheTextsTime() {
        evaluation.add(version(16, 100));
        evaluation.add(version(32, 200));

        assertThat(evaluation.dueAt(200).version).isEqualTo(16); // 200 + 1 > 200
        assertThat(evaluation.dueAt(201)).isNull(); // version 48 may still come with 200
        evaluation.add(version(48, 300));
        assertThat(evaluation.dueAt(201).version).isEqualTo(32);
    }

    @Test
    void liveTakesTheNewestVersionThatMayBeScored() {
        live.add(version(0, -1));
        live.add(version(16, 100));
        live.add(version(32, 200));

        assertThat(live.dueAt(100).version).isEqualTo(0);
        assertThat(live.dueAt(101).version).isEqualTo(16);
        assertThat(live.dueAt(999).version).isEqualTo(32);
    }

    @Test
    void liveNeverWaitsButSaysWhatIsNoTest() {
        for (int i = 0; i < 6; i++) {
            live.add(version(16L * i, 100L * (i + 1)));
        }

        ModelVersion due = live.dueAt(50); // far behind: all that are kept have seen it

        assertThat(due.version).isEqualTo(80);
        assertThat(live.isTest(due, 50)).isFalse();
        assertThat(live.isTest(due, 601)).isTrue();
        assertThat(live.size()).isEqualTo(4);
    }

    private static ServingConfig config(boolean evaluation) {
        return new ServingConfig(evaluation, DELAY, 5, -1);
    }

    private static ModelVersion version(long number, long trainedThrough) {
        ModelVersion version = new ModelVersion();
        version.version = number;
        version.trainedThroughMillis = trainedThrough;
        version.completeThroughMillis = trainedThrough;
        return version;
    }
}
