package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.Measurement;
import freshet.learners.OnlineLearner;
import freshet.learners.worldmodel.ExperienceBatch;
import freshet.learners.worldmodel.WorldModelActor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActFunctionTest {

    private static final RobotSetup SETUP = SmallRobots.setup(3);
    private static final ServingConfig LIVE = new ServingConfig(false, 1, 5, -1, 0, 0);
    private static final ServingConfig EVALUATION = new ServingConfig(true, 1, 5, -1, 0, 0);

    private static TwoInputStreamOperatorTestHarness<RobotRecord, ModelVersion, RobotAnswer> act(
            int subtask, int subtasks, OperatorSubtaskState state) throws Exception {
        return act(LIVE, subtask, subtasks, state);
    }

    private static TwoInputStreamOperatorTestHarness<RobotRecord, ModelVersion, RobotAnswer> act(
            ServingConfig serving, int subtask, int subtasks, OperatorSubtaskState state)
            throws Exception {
        return act(SETUP, serving, subtask, subtasks, state);
    }

    private static TwoInputStreamOperatorTestHarness<RobotRecord, ModelVersion, RobotAnswer> act(
            RobotSetup setup,
            ServingConfig serving,
            int subtask,
            int subtasks,
            OperatorSubtaskState state)
            throws Exception {
        var harness =
                new TwoInputStreamOperatorTestHarness<RobotRecord, ModelVersion, RobotAnswer>(
                        new SharedPassOperator<>(new ActFunction(setup, serving)),
                        subtasks,
                        subtasks,
                        subtask);
        harness.setup();
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    /** Weights that have learned from a hundred steps. */
    private static ModelVersion trained() {
        return trained(100);
    }

    private static ModelVersion trained(int steps) {
        RobotBatches cutter = new RobotBatches(4, 4, 3);
        var schedule = new PublishingSchedule(SETUP);
        try (OnlineLearner<ExperienceBatch> learner = SETUP.newLearner()) {
            for (int step = 0; step < steps; step++) {
                var record =
                        step == 0
                                ? SmallRobots.step("teacher", 0, 0)
                                : SmallRobots.step("teacher", 0, step, step - 1);
                for (var batch : cutter.add(record)) {
                    schedule.stepped(batch.eventTimeMillis(), learner.step(batch.content()));
                }
            }
            return schedule.next(SETUP, learner.publish());
        }
    }

    private static List<String> answers(boolean learned, RobotRecord... records) throws Exception {
        try (var act = act(0, 1, null)) {
            if (learned) {
                act.processElement2(trained(), 0);
            }
            for (RobotRecord record : records) {
                act.processElement1(record, record.eventTimeMillis);
            }
            act.endInput1();
            return said(act.extractOutputValues());
        }
    }

    private static List<String> said(List<RobotAnswer> answers) {
        return answers.stream()
                .map(
                        answer ->
                                "%s/%d/%d %s by %d"
                                        .formatted(
                                                answer.robot,
                                                answer.episode,
                                                answer.sequence,
                                                answer.action[0],
                                                answer.modelVersion))
                .toList();
    }

    @Test
    void beforeTheModelHasLearnedRobotsTryAtRandom() throws Exception {
        float expected = WorldModelActor.randomAction(SETUP.learning().seed(), "a", 0, 0, 1)[0];
        assertThat(answers(false, SmallRobots.step("a", 0, 0)))
                .containsExactly("a/0/0 %s by 0".formatted(expected));
        RobotRecord judge = SmallRobots.step("a", 0, 0);
        judge.explore = false;
        assertThat(answers(false, judge).get(0)).isNotEqualTo("a/0/0 " + expected + " by 0");
    }

    @Test
    void aRepeatedObservationIsAnsweredAsBefore() throws Exception {
        List<String> said =
                answers(
                        true,
                        SmallRobots.step("a", 0, 0),
                        SmallRobots.step("a", 0, 1),
                        SmallRobots.step("a", 0, 1));
        assertThat(said).hasSize(3);
        assertThat(said.get(2)).isEqualTo(said.get(1));
    }

    @Test
    void whatIsLateOrEndsAnEpisodeIsNotAnswered() throws Exception {
        RobotRecord end = SmallRobots.step("a", 0, 2);
        end.terminal = true;
        assertThat(
                        answers(
                                true,
                                SmallRobots.step("a", 0, 1),
                                SmallRobots.step("a", 0, 0),
                                end,
                                SmallRobots.step("a", 0, 3)))
                .hasSize(1);
    }

    private static List<RobotAnswer> limited(float maxChange, RobotRecord... records)
            throws Exception {
        try (var act = act(SmallRobots.setup(3, maxChange, 0, 0), LIVE, 0, 1, null)) {
            act.processElement2(trained(), 0);
            for (RobotRecord record : records) {
                act.processElement1(record, record.eventTimeMillis);
            }
            act.endInput1();
            return act.extractOutputValues();
        }
    }

    private static RobotRecord after(float did, long sequence) {
        RobotRecord record = SmallRobots.step("a", 0, sequence, sequence - 1);
        record.outcomeActions[0] = did;
        return record;
    }

    @Test
    void noActuatorChangesByMoreThanItMayFromWhatItDid() throws Exception {
        float most = 0.05f;
        RobotRecord[] steps = {
            SmallRobots.step("a", 0, 0),
            SmallRobots.step("a", 0, 1), // did as it was told
            after(0.9f, 2), // did something else
            SmallRobots.step("a", 0, 8), // more are missing than can be bridged
            SmallRobots.step("a", 1, 0)
        };
        List<RobotAnswer> answers = limited(most, steps);
        assertThat(answers).hasSize(5);
        float[] last = {0, answers.get(0).action[0], 0.9f, answers.get(2).action[0], 0};
        for (int i = 0; i < 5; i++) {
            assertThat(answers.get(i).action[0]).isCloseTo(last[i], within(most + 1e-6f));
        }
        assertThat(limited(ActingConfig.AT_WILL, steps))
                .anySatisfy(answer -> assertThat(Math.abs(answer.action[0])).isGreaterThan(0.2f));
    }

    /** The surprise of three steps is the same as without a limit, where the robot did the same. */
    @Test
    void theBeliefGoesOnByTheActionThatWasTold() throws Exception {
        List<RobotAnswer> told =
                limited(
                        0.05f,
                        SmallRobots.step("a", 0, 0),
                        SmallRobots.step("a", 0, 1),
                        SmallRobots.step("a", 0, 2));
        List<RobotAnswer> did =
                limited(
                        ActingConfig.AT_WILL,
                        SmallRobots.step("a", 0, 0),
                        after(told.get(0).action[0], 1),
                        after(told.get(1).action[0], 2));
        assertThat(reported(told.get(2), "surpriseNats").count()).isEqualTo(3);
        assertThat(reported(told.get(2), "surpriseNats"))
                .isEqualTo(reported(did.get(2), "surpriseNats"));
        assertThat(did.get(0).action[0]).isNotEqualTo(told.get(0).action[0]);
    }

    /**
     * A version a step, of which two are kept: a keeps 10, and loses it when b and c have others.
     */
    @Test
    void aRobotKeepsItsVersionUntilItsEpisodeEnds() throws Exception {
        RobotSetup setup = SmallRobots.setup(3, ActingConfig.AT_WILL, 2, 0);
        List<Long> by = new ArrayList<>();
        OperatorSubtaskState state;
        try (var act = act(setup, LIVE, 0, 1, null)) {
            under(act, 10, SmallRobots.step("a", 0, 0));
            under(act, 11, SmallRobots.step("a", 0, 1));
            under(act, 12, SmallRobots.step("b", 0, 0));
            act.endInput1();
            act.extractOutputValues().forEach(answer -> by.add(answer.modelVersion));
            state = act.snapshot(1, 1);
        }
        try (var act = act(setup, LIVE, 0, 1, state)) {
            under(act, 13, SmallRobots.step("a", 0, 2));
            under(act, 14, SmallRobots.step("b", 1, 0)); // lets 12 go
            under(act, 15, SmallRobots.step("a", 0, 3));
            under(act, 16, SmallRobots.step("c", 0, 0)); // a third: 10 is let go
            under(act, 17, SmallRobots.step("a", 0, 4)); // so a swaps, and 14 is let go
            under(act, 18, SmallRobots.step("a", 0, 5));
            under(act, 19, SmallRobots.step("c", 0, 1));
            act.endInput1();
            act.extractOutputValues().forEach(answer -> by.add(answer.modelVersion));
        }
        assertThat(by).containsExactly(10L, 10L, 12L, 10L, 14L, 10L, 16L, 17L, 17L, 16L);
    }

    private static void under(
            TwoInputStreamOperatorTestHarness<RobotRecord, ModelVersion, RobotAnswer> act,
            long number,
            RobotRecord record)
            throws Exception {
        act.processElement2(version(number, false), 0);
        act.processElement1(record, record.eventTimeMillis);
        act.prepareSnapshotPreBarrier(number); // waits no more
    }

    /**
     * A version that takes over before step 5 decides as if it had been there all along, or since
     * the step that is the oldest kept; without frames it goes on from the other's belief. Step 3
     * is missing, and there is a restart before the swap.
     */
    @ParameterizedTest
    @CsvSource({"10, 0, true", "4, 1, true", "2, 4, true", "0, 0, false"})
    void aVersionThatTakesOverMakesTheBeliefAnewFromWhatWasSeen(
            int unrollSteps, long seenFrom, boolean same) throws Exception {
        RobotSetup setup = SmallRobots.setup(3, ActingConfig.AT_WILL, 0, unrollSteps);
        ModelVersion first = trained(60);
        ModelVersion second = trained(100);
        List<String> after = new ArrayList<>();
        OperatorSubtaskState state;
        try (var act = act(setup, LIVE, 0, 1, null)) {
            act.processElement2(first, 0);
            for (long step : new long[] {0, 1, 2, 4}) {
                act.processElement1(did(step), step);
            }
            state = act.snapshot(1, 1);
        }
        try (var act = act(setup, LIVE, 0, 1, state)) {
            act.processElement2(second, 0);
            for (long step : new long[] {5, 6}) {
                act.processElement1(did(step), step);
            }
            act.endInput1();
            after.addAll(said(act.extractOutputValues()));
        }
        List<String> allAlong = new ArrayList<>();
        try (var act = act(setup, LIVE, 0, 1, null)) {
            act.processElement2(second, 0);
            for (long step : new long[] {0, 1, 2, 4, 5, 6}) {
                if (step >= seenFrom) {
                    act.processElement1(did(step), step);
                }
            }
            act.endInput1();
            allAlong.addAll(said(act.extractOutputValues()));
        }
        assertThat(after).hasSize(2);
        List<String> expected = allAlong.subList(allAlong.size() - 2, allAlong.size());
        assertThat(after.equals(expected)).isEqualTo(same);
    }

    /** What the robot did before does not depend on what it was told. */
    private static RobotRecord did(long sequence) {
        long[] before = LongStream.range(Math.max(0, sequence - 2), sequence).toArray();
        return SmallRobots.step("a", 0, sequence, before);
    }

    @ParameterizedTest
    @CsvSource({"v1, -1, 3", "v2, 7, 3", "v3, 7, 4", "v4, 7, 4"})
    void readsRobotsOfTheFormatsBefore(String format, long keeps, long steps) throws Exception {
        byte[] old;
        try (var in =
                getClass().getResourceAsStream("/snapshots/" + format + "/acting-robot.bin")) {
            old = in.readAllBytes();
        }
        ActingConfig acting = SmallRobots.setup(3, ActingConfig.AT_WILL, 0, 2).acting();
        ActingRobot robot = ActingRobot.fromBytes(old, acting, 1);
        assertThat(robot.name).isEqualTo("arm");
        assertThat(robot.track.sequence()).isEqualTo(5);
        assertThat(robot.belief.action()).containsExactly(0.5f);
        assertThat(robot.keeps).isEqualTo(keeps);
        assertThat(beliefSteps(robot, 8)).isEqualTo((double) steps);
        robot.keeps = 9;
        robot.report.acted(6, true, 0);
        ActingRobot again = ActingRobot.fromBytes(robot.toBytes(), acting, 1);
        assertThat(again.keeps).isEqualTo(9);
        assertThat(beliefSteps(again, 8)).isEqualTo(2);
    }

    private static double beliefSteps(ActingRobot robot, long sequence) {
        var answer = new RobotAnswer();
        answer.report(0, robot.report.take(sequence, 0));
        return reported(answer, "beliefSteps").sum();
    }

    /** Null if it is not told. */
    private static Measurement reported(RobotAnswer answer, String name) {
        return answer.measured().stream()
                .filter(point -> point.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** From the start of the episode, over what was bridged, and anew after a longer gap. */
    @Test
    void reportsHowLongTheBeliefHasGoneOn() throws Exception {
        List<Double> reported = new ArrayList<>();
        try (var act = act(0, 1, null)) {
            for (long step : new long[] {0, 1, 4, 5, 9, 10, 11, 12, 13}) {
                act.processElement1(SmallRobots.step("a", 0, step), step);
            }
            for (RobotAnswer answer : act.extractOutputValues()) {
                if (!answer.measured().isEmpty()) { // every third
                    reported.add(reported(answer, "beliefSteps").sum());
                }
            }
        }
        assertThat(reported).containsExactly(4.0, 1.0, 4.0);
    }

    /** One that floods, one that jumps, one that begins again: a's actions stay what they are. */
    @Test
    void noRobotChangesWhatAnotherIsTold() throws Exception {
        List<RobotRecord> alone = new ArrayList<>();
        List<RobotRecord> amongOthers = new ArrayList<>();
        for (int step = 0; step < 8; step++) {
            alone.add(SmallRobots.step("a", 0, step));
            amongOthers.add(SmallRobots.step("a", 0, step));
            for (int flood = 0; flood < 5; flood++) {
                amongOthers.add(SmallRobots.step("flood", 0, 5 * step + flood));
            }
            amongOthers.add(SmallRobots.step("jump", step % 3, 7L * step));
        }
        List<String> expected = answers(true, alone.toArray(RobotRecord[]::new));
        assertThat(expected).hasSize(8);
        assertThat(answers(true, amongOthers.toArray(RobotRecord[]::new)))
                .filteredOn(answer -> answer.startsWith("a/"))
                .isEqualTo(expected);
    }

    /** Each outcome once, though it rides with several observations; a restore changes nothing. */
    @Test
    void reportsRewardsAndPicturesThatComeAgain() throws Exception {
        RobotRecord[] steps = {
            SmallRobots.step("a", 0, 0),
            SmallRobots.step("a", 0, 1, 0),
            SmallRobots.step("a", 0, 2, 0, 1),
            SmallRobots.step("a", 0, 3, 1, 2),
            SmallRobots.step("a", 0, 4, 2, 3),
            SmallRobots.step("a", 0, 5, 3, 4),
        };
        steps[3].picture = steps[2].picture;
        steps[4].picture = steps[2].picture;
        List<RobotAnswer> answers = new ArrayList<>();
        OperatorSubtaskState state;
        try (var act = act(0, 1, null)) {
            for (RobotRecord step : Arrays.asList(steps).subList(0, 4)) {
                act.processElement1(step, step.sequence);
            }
            answers.addAll(act.extractOutputValues());
            state = act.snapshot(1, 1);
        }
        try (var act = act(0, 1, state)) {
            act.processElement1(steps[4], 4);
            act.processElement1(steps[5], 5);
            answers.addAll(act.extractOutputValues());
        }
        RobotAnswer first = answers.get(2);
        assertThat(reported(first, "reward"))
                .isEqualTo(new Measurement("reward", -1, -1, 2, 0 + 0.01f, 0, 0.01f));
        assertThat(reported(first, "pictureRepeated"))
                .isEqualTo(new Measurement("pictureRepeated", -1, -1, 2, 0, 0, 0));
        RobotAnswer second = answers.get(5);
        assertThat(reported(second, "reward").count()).isEqualTo(3);
        assertThat(reported(second, "reward").max()).isEqualTo(0.04f);
        assertThat(reported(second, "pictureRepeated"))
                .isEqualTo(new Measurement("pictureRepeated", -1, -1, 3, 2, 0, 1));
    }

    /** The belief goes on over two missing frames; over three it begins anew. */
    @Test
    void missingFramesAreBridged() throws Exception {
        List<RobotAnswer> answers = new ArrayList<>();
        try (var act = act(0, 1, null)) {
            act.processElement2(trained(), 0);
            for (long step : new long[] {0, 1, 4}) {
                act.processElement1(SmallRobots.step("a", 0, step), step);
            }
            answers.addAll(act.extractOutputValues());
        }
        RobotAnswer third = answers.get(2);
        assertThat(reported(third, "surpriseNats").count()).isEqualTo(3);
        assertThat(reported(third, "stepsBridged").sum()).isEqualTo(2);
        List<String> afterGap =
                answers(true, SmallRobots.step("a", 0, 0), SmallRobots.step("a", 0, 9));
        assertThat(afterGap.get(1)).isEqualTo(answers(true, SmallRobots.step("a", 0, 9)).get(0));
    }

    /** A version of NaNs with the right checksums, from the models topic to the robot. */
    @Test
    void aPoisonedVersionLeavesRobotsToTheOneBefore() throws Exception {
        ModelVersion good = trained();
        ModelVersion poisoned = trained();
        poisoned.version = good.version + 1;
        Arrays.fill(poisoned.bytes, (byte) 0xFF);
        RobotRecord[] steps = {
            SmallRobots.step("a", 0, 0), SmallRobots.step("a", 0, 1), SmallRobots.step("a", 0, 2)
        };
        List<String> expected = answers(true, steps);
        var letters = new OutputTag<OutRecord>("letters") {};
        try (var act = act(0, 1, null);
                var assemble =
                        new OneInputStreamOperatorTestHarness<ModelRecord, ModelVersion>(
                                new ProcessOperator<>(
                                        new AssembleModelsFunction(SETUP, letters)))) {
            assemble.open();
            for (ModelVersion version : List.of(good, poisoned)) {
                var cut = new ModelChunksFunction(1 << 10);
                cut.open(null);
                List<OutRecord> records = new ArrayList<>();
                cut.flatMap(version, new ListCollector<>(records));
                for (OutRecord record : records) {
                    assemble.processElement(
                            new ModelRecordDecoder(1_000)
                                    .decode("models", 0, 0, 1_000, record.key, record.value),
                            0);
                }
                for (ModelVersion assembled : assemble.extractOutputValues()) {
                    act.processElement2(assembled, 0);
                }
                assemble.getOutput().clear();
                RobotRecord step = steps[version == good ? 0 : 1];
                act.processElement1(step, step.eventTimeMillis);
            }
            act.processElement1(steps[2], 2);
            assertThat(said(act.extractOutputValues())).isEqualTo(expected);
            assertThat(assemble.getSideOutput(letters)).hasSize(1);
        }
    }

    @Test
    void goesOnAfterARestartAtAnotherParallelismAsIfItHadNeverStopped() throws Exception {
        List<RobotRecord> stream = new ArrayList<>();
        for (int step = 0; step < 10; step++) {
            for (String robot : List.of("a", "b", "c")) {
                stream.add(SmallRobots.step(robot, step / 6, step % 6));
            }
        }
        List<String> expected = answers(true, stream.toArray(RobotRecord[]::new));
        OperatorSubtaskState state;
        List<String> said = new ArrayList<>();
        try (var before = act(0, 1, null)) {
            before.processElement2(trained(), 0);
            for (RobotRecord record : stream.subList(0, 14)) {
                before.processElement1(record, record.eventTimeMillis);
            }
            before.prepareSnapshotPreBarrier(1);
            said.addAll(said(before.extractOutputValues()));
            state = before.snapshot(1, 1);
        }
        for (int subtask = 0; subtask < 2; subtask++) {
            var own =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            state, 2, 1, 2, subtask);
            try (var after = act(subtask, 2, own)) {
                for (RobotRecord record : stream.subList(14, stream.size())) {
                    if (ActFunction.owner(record.source, 2) == subtask) {
                        after.processElement1(record, record.eventTimeMillis);
                    }
                }
                after.endInput1();
                said.addAll(said(after.extractOutputValues()));
            }
        }
        assertThat(said).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** Version n is due from event time 2 n - 2 on, and said to be the newest until 2 n. */
    private static ModelVersion version(long number, boolean last) {
        ModelVersion version = SETUP.untrainedVersion();
        version.version = number;
        version.trainedThroughMillis = 2 * number - 3;
        version.completeThroughMillis = last ? Long.MAX_VALUE : 2 * number - 1;
        return version;
    }

    /** What two subtasks held back, one answers by the versions of its times: 1 1 2 2 3 3. */
    @Test
    void recordsThatWaitedForVersionsAreAnsweredInTheOrderOfTimeAtAnotherParallelism()
            throws Exception {
        List<OperatorSubtaskState> states = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            try (var before = act(EVALUATION, subtask, 2, null)) {
                for (int step = 0; step < 6; step++) {
                    for (String robot : List.of("a", "b")) {
                        if (ActFunction.owner(robot, 2) == subtask) {
                            before.processElement1(SmallRobots.step(robot, 0, step), step);
                        }
                    }
                }
                assertThat(before.extractOutputValues()).isEmpty(); // no version has come
                states.add(before.snapshot(1, 1));
            }
        }
        var all = AbstractStreamOperatorTestHarness.repackageState(states.get(0), states.get(1));
        var one = AbstractStreamOperatorTestHarness.repartitionOperatorState(all, 2, 2, 1, 0);
        try (var after = act(EVALUATION, 0, 1, one)) {
            for (int number = 1; number <= 3; number++) {
                after.processElement2(version(number, number == 3), 0);
            }
            after.endInput1();
            for (String robot : List.of("a", "b")) {
                assertThat(after.extractOutputValues())
                        .filteredOn(answer -> answer.robot.equals(robot))
                        .extracting(answer -> answer.modelVersion)
                        .containsExactly(1L, 1L, 2L, 2L, 3L, 3L);
            }
        }
    }

    /**
     * After a second of silence its repeated step is answered anew; of others it changes nothing.
     */
    @Test
    void aRobotThatWasSilentForLongBeginsAnew() throws Exception {
        RobotRecord fast = SmallRobots.step("fast", 20, 0); // a clock that is two seconds ahead
        RobotRecord back = SmallRobots.step("a", 0, 4);
        back.eventTimeMillis += 2_000;
        try (var act = act(0, 1, null)) {
            act.processElement1(SmallRobots.step("a", 0, 5), 5);
            act.processElement1(fast, fast.eventTimeMillis);
            act.processElement1(SmallRobots.step("a", 0, 4), 5); // late
            act.endInput1();
            assertThat(said(act.extractOutputValues())).hasSize(2);
        }
        try (var act = act(0, 1, null)) {
            act.processElement1(SmallRobots.step("a", 0, 5), 5);
            act.processElement1(back, back.eventTimeMillis);
            assertThat(said(act.extractOutputValues())).hasSize(2);
        }
    }

    /** Of three known robots two wait, until a timer rings or the third comes, too. */
    @Test
    void robotsThatWaitAtTheSameTimeAreAnsweredTogether() throws Exception {
        try (var act = act(0, 1, null)) {
            act.setProcessingTime(1_000);
            act.processElement2(trained(), 0);
            for (String robot : List.of("a", "b", "c")) {
                act.processElement1(SmallRobots.step(robot, 0, 0), 0);
            }
            act.setProcessingTime(1_001);
            assertThat(act.extractOutputValues()).hasSize(3);
            act.processElement1(SmallRobots.step("b", 0, 1), 1);
            act.processElement1(SmallRobots.step("a", 0, 1), 1);
            assertThat(act.extractOutputValues()).hasSize(3);
            act.processElement1(SmallRobots.step("c", 0, 1), 1);
            assertThat(act.extractOutputValues())
                    .extracting(answer -> answer.robot)
                    .endsWith("b", "a", "c");
            act.processElement1(SmallRobots.step("a", 0, 2), 2);
            act.processElement1(SmallRobots.step("c", 0, 2), 2);
            assertThat(act.extractOutputValues()).hasSize(6);
            act.setProcessingTime(1_002);
            assertThat(act.extractOutputValues()).hasSize(8);
        }
    }

    /** A checkpoint and the end of the stream do not wait for the timer. */
    @Test
    void whoWaitsIsAnsweredBeforeACheckpointAndAtTheEnd() throws Exception {
        try (var act = act(0, 1, null)) {
            act.processElement2(trained(), 0);
            act.processElement1(SmallRobots.step("a", 0, 0), 0);
            act.processElement1(SmallRobots.step("b", 0, 0), 0);
            assertThat(act.extractOutputValues()).hasSize(1);
            act.prepareSnapshotPreBarrier(1);
            act.snapshot(1, 1);
            assertThat(act.extractOutputValues()).hasSize(2);
            act.processElement1(SmallRobots.step("b", 0, 1), 1);
            act.endInput1();
            assertThat(act.extractOutputValues()).hasSize(3);
        }
    }

    /** What it did meanwhile is bridged: the belief is that of a robot whose frame was lost. */
    @Test
    void liveARobotsNextObservationTakesThePlaceOfTheOneThatWaits() throws Exception {
        RobotRecord third = SmallRobots.step("a", 0, 2, 0, 1);
        List<String> lost = answers(true, SmallRobots.step("a", 0, 0), third);
        RobotRecord second = SmallRobots.step("a", 0, 1);
        second.deadlineMillis = 50;
        assertThat(afterTheFirst(second, second, third, second))
                .filteredOn(answer -> answer.startsWith("a/"))
                .isEqualTo(lost);
        RobotRecord inNoHurry = SmallRobots.step("a", 0, 1);
        assertThat(afterTheFirst(inNoHurry, third))
                .filteredOn(answer -> answer.startsWith("a/"))
                .hasSize(3);
    }

    /** What comes after the first of a while b is silent, so that a waits. */
    private static List<String> afterTheFirst(RobotRecord... records) throws Exception {
        try (var act = act(0, 1, null)) {
            act.processElement2(trained(), 0);
            act.processElement1(SmallRobots.step("a", 0, 0), 0);
            act.processElement1(SmallRobots.step("b", 0, 0), 0);
            act.prepareSnapshotPreBarrier(1);
            for (RobotRecord record : records) {
                act.processElement1(record, record.eventTimeMillis);
            }
            act.endInput1();
            return said(act.extractOutputValues());
        }
    }

    /** In evaluation mode every observation is answered, whatever waits. */
    @Test
    void inEvaluationModeNoneTakesThePlaceOfAnother() throws Exception {
        ModelVersion only = version(1, true);
        only.trainedThroughMillis = -1;
        try (var act = act(EVALUATION, 0, 1, null)) {
            act.processElement2(only, 0);
            for (int step = 0; step < 4; step++) {
                act.processElement1(SmallRobots.step("a", 0, step), step);
                act.processElement1(SmallRobots.step("a", 0, step), step); // repeated
                if (step == 0) {
                    act.processElement1(SmallRobots.step("b", 0, step), step);
                }
            }
            act.endInput1();
            assertThat(act.extractOutputValues())
                    .filteredOn(answer -> answer.robot.equals("a"))
                    .extracting(answer -> answer.sequence)
                    .containsExactly(0L, 0L, 1L, 1L, 2L, 2L, 3L, 3L);
        }
    }
}
