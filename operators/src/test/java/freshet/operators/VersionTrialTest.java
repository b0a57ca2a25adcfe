package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.Order;
import freshet.learners.SavedState;
import freshet.learners.scoring.PairedTrial;
import freshet.schemas.AvroCodec;
import freshet.schemas.Telemetry;
import freshet.schemas.UndecodableRecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Version n is trained through event time 10 n. */
class VersionTrialTest {

    private static final TrialConfig CONFIG =
            new TrialConfig(0.5, new PairedTrial.Config(3, 6, 0, 0.05));
    private static final String TRIED = key(true);
    private static final String OTHER = key(false);

    private VersionTrial trial = new VersionTrial("small", CONFIG);

    private static String key(boolean isTried) {
        for (int i = 0; ; i++) {
            if (VersionTrial.isTried("key" + i, CONFIG.share()) == isTried) {
                return "key" + i;
            }
        }
    }

    private static ModelVersion version(long number) {
        var version = new ModelVersion();
        version.version = number;
        version.trainedThroughMillis = 10 * number;
        return version;
    }

    /** The version that answers a record at event time 1,000. */
    private long answering(String key, long due) {
        return trial.of(key, 1_000, version(due), true).version;
    }

    private List<String> told() throws UndecodableRecordException {
        List<String> told = new ArrayList<>();
        for (OutRecord record : trial.takeRecords()) {
            Telemetry telemetry = AvroCodec.of(Telemetry.class).decode(record.value);
            assertThat(telemetry.getPart()).isEqualTo("trial");
            var points = telemetry.getMeasurements();
            told.add(
                    "%d %s %.0f %.0f"
                            .formatted(
                                    telemetry.getNumber(),
                                    points.get(0).getName(),
                                    points.get(1).getSum(),
                                    points.get(2).getSum()));
        }
        return told;
    }

    @Test
    void aKeyIsOnItsSideWhateverIsTriedAndTheShareIsThatOfTheKeys() {
        int tried = 0;
        for (int i = 0; i < 10_000; i++) {
            tried += VersionTrial.isTried("robot-" + i, 0.1) ? 1 : 0;
        }
        assertThat(tried).isBetween(910, 1_090); // three deviations of 30
    }

    @Test
    void theShareIsServedByTheCandidateUntilItIsPromoted() throws Exception {
        assertThat(answering(TRIED, 4)).isEqualTo(4); // the first is stable at once
        assertThat(answering(OTHER, 8)).isEqualTo(4);
        assertThat(answering(TRIED, 8)).isEqualTo(8);
        assertThat(answering(TRIED, 12)).isEqualTo(8); // 12 waits its turn
        for (int pair = 0; pair < 3; pair++) {
            assertThat(answering(OTHER, 12)).isEqualTo(4);
            trial.score(8, 1, 2);
        }
        assertThat(told()).containsExactly("1 trialBegins 4 8", "2 trialPromoted 4 8");
        assertThat(answering(OTHER, 12)).isEqualTo(8);
        assertThat(answering(TRIED, 12)).isEqualTo(12);
        assertThat(told()).containsExactly("3 trialBegins 8 12");
    }

    @Test
    void whatIsWorseIsRolledBackAndNotTriedAgain() throws Exception {
        answering(TRIED, 4);
        answering(TRIED, 8);
        for (int pair = 0; pair < 3; pair++) {
            trial.score(8, 2, 1);
        }
        assertThat(told()).containsExactly("1 trialBegins 4 8", "2 trialRolledBack 4 8");
        assertThat(answering(TRIED, 8)).isEqualTo(4);
        assertThat(answering(TRIED, 12)).isEqualTo(12);
    }

    @Test
    void aPairOfATrialThatHasEndedCountsNoMore() {
        answering(TRIED, 4);
        answering(TRIED, 8);
        trial.score(7, Double.NaN, 1);
        assertThat(answering(TRIED, 8)).isEqualTo(8);
        trial.score(8, Double.NaN, 1);
        assertThat(answering(TRIED, 8)).isEqualTo(4);
    }

    @Test
    void onlyAnswersOfVersionsThatHadNotSeenTheRecordAreCompared() {
        answering(TRIED, 4);
        ModelVersion candidate = trial.of(TRIED, 1_000, version(8), true);
        assertThat(trial.comparedWith(candidate, 81).version).isEqualTo(4);
        assertThat(trial.comparedWith(candidate, 80)).isNull();
        assertThat(trial.comparedWith(version(4), 81)).isNull(); // no candidate
    }

    @Test
    void aQuestionBeginsNoTrial() {
        answering(TRIED, 4);
        assertThat(trial.of(TRIED, 1_000, version(8), false).version).isEqualTo(4);
    }

    @Test
    void byHandItIsPromotedEndedAndTakenBack() throws Exception {
        assertThatThrownBy(() -> order("promote", 4))
                .hasMessage(
                        "version 4 is not on trial, stable is none, on trial none, stable before"
                                + " none");
        answering(TRIED, 4);
        answering(TRIED, 8);
        assertThatThrownBy(() -> order("promote", 12)).hasMessageContaining("on trial 8");
        assertThatThrownBy(() -> order("rollback", 3))
                .hasMessageContaining("there is no way back to version 3");
        assertThat(trial.obey(Order.of("promote", Map.of("version", "8")), true))
                .isEqualTo("stable version 4 -> 8");
        assertThat(trial.stableNumber()).isEqualTo(4); // that was a trial of the order
        assertThat(order("promote", 8)).isEqualTo("stable version 4 -> 8");
        assertThat(answering(OTHER, 8)).isEqualTo(8);
        assertThat(answering(TRIED, 12)).isEqualTo(12);
        assertThat(order("rollback", 8)).isEqualTo("stable version 8, on trial 12 -> 8, none");
        assertThat(answering(TRIED, 12)).isEqualTo(8);
        assertThat(order("rollback", 4)).isEqualTo("stable version 8, on trial none -> 4, none");
        assertThat(answering(TRIED, 12)).isEqualTo(4);
        assertThat(answering(TRIED, 16)).isEqualTo(16);
        assertThat(told())
                .containsExactly(
                        "1 trialBegins 4 8",
                        "2 trialPromotedByHand 4 8",
                        "3 trialBegins 8 12",
                        "4 trialRolledBackByHand 8 12",
                        "5 trialRolledBackByHand 8 -1",
                        "6 trialBegins 4 16");
    }

    private String order(String action, long version) {
        return trial.obey(Order.of(action, Map.of("version", "" + version)), false);
    }

    @Test
    void goingOnFromItsStateEqualsNeverStopping() throws Exception {
        List<Long> straight = run(false);
        trial = new VersionTrial("small", CONFIG);
        assertThat(run(true)).isEqualTo(straight);
        assertThat(straight).contains(4L, 8L, 12L, 16L);
    }

    private List<Long> run(boolean restarts) throws UndecodableRecordException {
        List<Long> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            if (restarts) {
                byte[] state = SavedState.write(1, trial::write);
                List<ModelVersion> versions = trial.versions();
                trial = new VersionTrial("small", CONFIG);
                SavedState.read("trial", 1, state, trial::read);
                trial.restore(versions);
            }
            long candidate = answering(TRIED, 4 + i / 8 * 4);
            answers.add(candidate);
            answers.add(answering(OTHER, 4 + i / 8 * 4));
            trial.score(candidate, 1 + i % 3, 1 + i % 2);
            told().forEach(line -> answers.add((long) line.hashCode()));
        }
        return answers;
    }
}
