package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Commands to a learner in the stream: what each does, once, and at the same record again. */
class LearnerCommandsTest {

    private static final Map<String, List<ControlAcknowledgement>> LOGS = new ConcurrentHashMap<>();
    private static final TextDecoder DECODER =
            new TextDecoder(65_536, Duration.ofDays(1).toMillis());
    private static final int TEXTS = 60;

    /** Outlives learners, as a topic does. */
    private record Log(String name) implements DecisionLog {

        @Override
        public List<ControlAcknowledgement> decided() {
            return List.copyOf(LOGS.computeIfAbsent(name, unused -> new ArrayList<>()));
        }

        @Override
        public void write(ControlAcknowledgement decision) {
            LOGS.computeIfAbsent(name, unused -> new ArrayList<>()).add(decision);
        }

        @Override
        public void close() {}
    }

    private static LearnBranch branch(LearnBranch.Checkpoint checkpoint, String log)
            throws Exception {
        return new LearnBranch(checkpoint, new ControlSettings(model -> new Log(log), 4));
    }

    private static List<TextRecord> texts() {
        List<TextRecord> texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            texts.add(
                    SmallText.record(
                            i % 2 == 0 ? "mill" : "weir",
                            i / 2,
                            1000 + i,
                            "the water turns the wheel and runs on over stones " + i * 7 % 11));
        }
        return texts;
    }

    private static TextRecord command(String id, String action, String... arguments) {
        return command(id, action, false, arguments);
    }

    private static TextRecord command(
            String id, String action, boolean dryRun, String... arguments) {
        Map<String, String> named = new ConcurrentHashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            named.put(arguments[i], arguments[i + 1]);
        }
        byte[] bytes =
                AvroCodec.of(ControlCommand.class)
                        .encode(new ControlCommand(id, "small", action, named, 0L, "test", dryRun));
        return DECODER.command("small", "control", 0, 0, 0, null, bytes);
    }

    private static List<TextRecord> with(List<TextRecord> texts, int at, TextRecord... commands) {
        var all = new ArrayList<>(texts);
        all.addAll(at, List.of(commands));
        return all;
    }

    /** What was learned, moments and counters included. */
    private static String hash(List<ModelVersion> versions) {
        return versions.get(versions.size() - 1).metadata.get(PublishingSchedule.LEARNER_HASH);
    }

    private static List<ModelVersion> versions(List<TextRecord> records, String log)
            throws Exception {
        try (LearnBranch branch = branch(null, log)) {
            branch.learn(records);
            branch.end();
            return branch.versions();
        }
    }

    @Test
    void aFrozenLearnerPublishesTheSameWeightsAndGoesOnWhenItThaws(TestInfo test) throws Exception {
        String log = test.getDisplayName();
        List<TextRecord> texts = with(texts(), 40, command("b", "unfreeze"));
        List<ModelVersion> versions = versions(with(texts, 20, command("a", "freeze")), log);
        List<ModelVersion> free = versionsOf(texts());
        assertThat(versions).hasSameSizeAs(free);
        ControlAcknowledgement freeze = LOGS.get(log).get(0);
        List<ModelVersion> frozen =
                versions.stream()
                        .filter(one -> one.trainedThroughMillis > freeze.getAfterEventTime() + 5)
                        .filter(one -> one.trainedThroughMillis < 1038)
                        .toList();
        assertThat(frozen).hasSizeGreaterThan(1);
        assertThat(frozen.stream().map(one -> Arrays.hashCode(one.bytes)).distinct()).hasSize(1);
        assertThat(versions.get(versions.size() - 1).bytes).isNotEqualTo(frozen.get(0).bytes);
        assertThat(hash(versions)).isNotEqualTo(hash(free));
        assertThat(freeze.getAccepted()).isTrue();
        assertThat(freeze.getDetail()).isEqualTo("learning -> frozen");
        assertThat(freeze.getAfterEventTime()).isEqualTo(1019);
    }

    @Test
    void everyBatchIsReportedAndARefusedOneAsSuch(TestInfo test) throws Exception {
        List<TextRecord> texts =
                with(texts(), 50, command("a", "limitGradient", "factor", "0.0001"));
        LearnBranch.Checkpoint checkpoint;
        List<Telemetry> reports;
        try (LearnBranch branch = branch(null, test.getDisplayName())) {
            branch.learn(texts.subList(0, 55)); // some batches have been refused
            checkpoint = branch.checkpoint();
            reports = new ArrayList<>(branch.telemetry("updates"));
        }
        try (LearnBranch branch = branch(checkpoint, test.getDisplayName())) {
            branch.learn(texts.subList(55, texts.size()));
            reports.addAll(branch.telemetry("updates"));
        }
        long refused = 0;
        for (int i = 0; i < reports.size(); i++) {
            assertThat(reports.get(i).getNumber()).isEqualTo(i + 1L);
            List<Measurement> points = reports.get(i).getMeasurements();
            assertThat(points.get(0).getName()).isEqualTo("updateRefused");
            assertThat(reports.get(i).getRecords())
                    .singleElement()
                    .matches(run -> run.getFirst().matches("(mill|weir)/\\d+"));
            boolean applied = points.get(0).getSum() == 0;
            refused += applied ? 0 : 1;
            assertThat(applied).isEqualTo(refused == 0);
            assertThat(points).hasSize(applied ? 1 : 2);
            if (!applied) {
                assertThat(points.get(1).getName()).isEqualTo("lossNats");
                assertThat(points.get(1).getSum()).isPositive();
            }
        }
        assertThat(refused).isGreaterThan(2).isLessThan(reports.size() - 20L);
    }

    @Test
    void thePaceIsReportedWhereAskedForAndNothingElseChanges() throws Exception {
        try (var timed = new LearnBranch(null, ControlSettings.none(), 8);
                var branch = new LearnBranch(null)) {
            timed.learn(texts());
            branch.learn(texts());
            List<Telemetry> pace = timed.telemetry("pace");
            assertThat(pace).hasSizeGreaterThan(3);
            for (int i = 0; i < pace.size(); i++) {
                assertThat(pace.get(i).getNumber()).isEqualTo(8 * (i + 1L));
                Measurement took = pace.get(i).getMeasurements().get(0);
                assertThat(took.getName()).isEqualTo("stepTimeMicros");
                assertThat(took.getCount()).isEqualTo(8);
                assertThat(took.getMin()).isPositive();
            }
            assertThat(branch.telemetry("pace")).isEmpty();
            assertThat(timed.telemetry("learner")).isEqualTo(branch.telemetry("learner"));
            assertThat(timed.telemetry("updates")).isEqualTo(branch.telemetry("updates"));
        }
    }

    @Test
    void aHeldPublicationServesTheOldVersionAndChangesNothingThatIsLearned(TestInfo test)
            throws Exception {
        String log = test.getDisplayName();
        List<ModelVersion> free = versionsOf(texts());
        List<ModelVersion> held = versions(with(texts(), 20, command("a", "holdPublication")), log);
        assertThat(hash(held)).isEqualTo(hash(free));
        ModelVersion last = held.get(held.size() - 1);
        assertThat(last.bytes).isNotEqualTo(free.get(free.size() - 1).bytes);
        long since = Long.parseLong(last.metadata.get(LearningControl.HELD));
        assertThat(
                        held.stream()
                                .filter(one -> one.version == since)
                                .findFirst()
                                .orElseThrow()
                                .bytes)
                .isEqualTo(last.bytes);
    }

    @Test
    void skippedBatchesAreDeadLetters(TestInfo test) throws Exception {
        try (LearnBranch branch = branch(null, test.getDisplayName())) {
            branch.learn(with(texts(), 20, command("a", "skip", "batches", "3")));
            branch.end();
            assertThat(branch.deadLetters()).hasSize(3);
        }
    }

    @Test
    void aRewoundLearnerPublishesTheWeightsOfThatVersionNext(TestInfo test) throws Exception {
        String log = test.getDisplayName();
        List<ModelVersion> free = versionsOf(texts());
        ModelVersion target = free.get(free.size() / 2);
        int at = (int) (target.trainedThroughMillis - 1000) + 8;
        List<TextRecord> texts =
                with(
                        texts(),
                        at,
                        command("a", "freeze"),
                        command("b", "rewind", "version", String.valueOf(target.version)));
        List<ModelVersion> versions = versions(texts, log);
        assertThat(LOGS.get(log)).allMatch(ControlAcknowledgement::getAccepted);
        assertThat(versions.get(versions.size() - 1).bytes).isEqualTo(target.bytes);
        long after = LOGS.get(log).get(1).getAfterEventTime();
        ModelVersion next =
                versions.stream()
                        .filter(one -> one.trainedThroughMillis > after)
                        .findFirst()
                        .orElseThrow();
        assertThat(next.bytes).isEqualTo(target.bytes);
    }

    @Test
    void whatCannotBeDoneIsRefusedAndADryRunChangesNothing(TestInfo test) throws Exception {
        String log = test.getDisplayName();
        List<ModelVersion> versions =
                versions(
                        with(
                                texts(),
                                20,
                                command("a", "rewind", "version", "-1"),
                                command("b", "melt"),
                                command("c", "freeze", true),
                                command("d", "skip", "batch", "3")),
                        log);
        assertThat(hash(versions)).isEqualTo(hash(versionsOf(texts())));
        assertThat(LOGS.get(log).stream().map(ControlAcknowledgement::getAccepted))
                .containsExactly(false, false, true, false);
        assertThat(LOGS.get(log).stream().map(ControlAcknowledgement::getStep)).containsOnly(-1L);
        assertThat(LOGS.get(log).get(3).getDetail()).contains("batch").contains("batches");
    }

    @Test
    void aCommandThatComesAgainIsCarriedOutOnce(TestInfo test) throws Exception {
        String log = test.getDisplayName();
        try (LearnBranch branch = branch(null, log)) {
            List<TextRecord> once = with(texts(), 20, command("a", "skip", "batches", "2"));
            branch.learn(with(once, 50, command("a", "skip", "batches", "2")));
            assertThat(branch.deadLetters()).hasSize(2);
        }
        assertThat(LOGS.get(log)).hasSize(1);
    }

    /** The learner fails after every text; commands come again earlier or later than before. */
    @Test
    void commandsHoldAtTheSameRecordAfterAFailureWhereverTheyComeAgain(TestInfo test)
            throws Exception {
        TextRecord[] commands = {
            command("a", "scaleLearningRate", "factor", "0.2"),
            command("b", "skip", "batches", "2"),
            command("c", "freeze"),
        };
        for (int failsAt = 21; failsAt < 30; failsAt += 2) {
            for (int comesAgainAt : new int[] {15, 20, 24}) {
                String log = test.getDisplayName() + failsAt + "-" + comesAgainAt;
                LearnBranch.Checkpoint checkpoint;
                try (LearnBranch branch = branch(null, log)) {
                    branch.learn(texts().subList(0, 12));
                    checkpoint = branch.checkpoint();
                    branch.learn(texts().subList(12, 20));
                    branch.learn(List.of(commands));
                    branch.learn(texts().subList(20, failsAt));
                }
                List<ModelVersion> recovered;
                try (LearnBranch branch = branch(checkpoint, log)) {
                    branch.learn(texts().subList(12, comesAgainAt));
                    branch.learn(List.of(commands));
                    branch.learn(List.of(command("d", "unfreeze"))); // new, comes after them
                    branch.learn(texts().subList(comesAgainAt, TEXTS));
                    branch.end();
                    recovered = branch.versions();
                }
                long thawed = LOGS.get(log).get(3).getAfterEventTime();
                List<TextRecord> expected =
                        with(texts(), (int) (thawed - 999), command("d", "unfreeze"));
                assertThat(hash(recovered))
                        .as(log)
                        .isEqualTo(hash(versions(with(expected, 20, commands), log + "expected")));
                assertThat(thawed).isEqualTo(Math.max(1019, 999 + comesAgainAt));
            }
        }
    }

    private static List<ModelVersion> versionsOf(List<TextRecord> texts) throws Exception {
        return LearnBranch.versionsOf(texts);
    }
}
