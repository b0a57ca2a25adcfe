package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.worldmodel.ExperienceBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RobotBatchesTest {

    private static RobotBatches batches() {
        return new RobotBatches(2, 3, 2);
    }

    /** Robot, step, action and reward of every step of the batches that a record completes. */
    private static List<String> steps(RobotBatches batches, RobotRecord... records) {
        List<String> steps = new ArrayList<>();
        for (RobotRecord record : records) {
            for (LearnerSetup.Batch<ExperienceBatch> batch : batches.add(record)) {
                assertThat(batch.content().steps()).hasSize(2);
                batch.content()
                        .steps()
                        .forEach(
                                step ->
                                        steps.add(
                                                "%s/%d %.2f %.2f"
                                                        .formatted(
                                                                step.robot(),
                                                                step.sequence(),
                                                                step.action()[0],
                                                                step.reward())));
            }
        }
        return steps;
    }

    /** Step 1 is whole when step 2 says what was done; two whole steps are a batch. */
    @Test
    void aStepIsLearnedWithWhatItsRobotDidAndEarned() {
        assertThat(
                        steps(
                                batches(),
                                SmallRobots.step("a", 0, 0),
                                SmallRobots.step("a", 0, 1, 0),
                                SmallRobots.step("a", 0, 2, 1)))
                .containsExactly("a/0 -0.00 0.00", "a/1 -0.01 0.01");
    }

    @Test
    void anOutcomeThatComesLateIsJoinedToItsOwnStep() {
        assertThat(
                        steps(
                                batches(),
                                SmallRobots.step("a", 0, 0),
                                SmallRobots.step("a", 0, 1),
                                SmallRobots.step("a", 0, 2, 0),
                                SmallRobots.step("a", 0, 3, 2, 1)))
                .containsExactly("a/0 -0.00 0.00", "a/1 -0.01 0.01");
    }

    @Test
    void robotsFillBatchesTogether() {
        assertThat(
                        steps(
                                batches(),
                                SmallRobots.step("a", 0, 0),
                                SmallRobots.step("b", 0, 0),
                                SmallRobots.step("b", 0, 1, 0),
                                SmallRobots.step("a", 0, 1, 0)))
                .containsExactly("b/0 -0.00 0.00", "a/0 -0.00 0.00");
    }

    @Test
    void aBatchNamesItsStepsByRobotAndEpisode() {
        var batches = new RobotBatches(4, 3, 2);
        List<LearnerSetup.Batch<ExperienceBatch>> cut = new ArrayList<>();
        for (long sequence = 0; sequence < 3; sequence++) {
            long[] outcome = sequence == 0 ? new long[0] : new long[] {sequence - 1};
            cut.addAll(batches.add(SmallRobots.step("a", 5, sequence, outcome)));
            cut.addAll(batches.add(SmallRobots.step("b", 0, sequence, outcome)));
        }
        assertThat(cut).hasSize(1);
        assertThat(cut.get(0).records().words(9)).isEqualTo("a/5/0..1, b/0/0..1");
    }

    /** Of three robots two are kept: when c comes, a, heard of longest ago, loses its half. */
    @Test
    void onlySoManyRobotsAreRemembered() {
        assertThat(
                        steps(
                                batches(),
                                SmallRobots.step("a", 0, 0),
                                SmallRobots.step("b", 0, 0),
                                SmallRobots.step("c", 0, 0),
                                SmallRobots.step("a", 0, 1, 0),
                                SmallRobots.step("c", 0, 1, 0),
                                SmallRobots.step("c", 0, 2, 1)))
                .containsExactly("c/0 -0.00 0.00", "c/1 -0.01 0.01");
    }

    @Test
    void goesOnFromASnapshotAsIfItHadNeverStopped() {
        List<RobotRecord> stream = new ArrayList<>();
        for (int step = 0; step < 12; step++) {
            stream.add(SmallRobots.step("a", step / 6, step % 6, Math.max(0, step % 6 - 1)));
            stream.add(SmallRobots.step("b", step / 5, step % 5, Math.max(0, step % 5 - 1)));
        }
        RobotRecord[] all = stream.toArray(RobotRecord[]::new);
        List<String> expected = steps(batches(), all);
        assertThat(expected).hasSizeGreaterThan(10);
        for (int stop = 0; stop < all.length; stop++) {
            RobotBatches before = batches();
            List<String> steps = steps(before, stream.subList(0, stop).toArray(RobotRecord[]::new));
            RobotBatches after = batches();
            after.restore(before.snapshot());
            steps.addAll(
                    steps(after, stream.subList(stop, all.length).toArray(RobotRecord[]::new)));
            assertThat(steps).as("stopped before %d", stop).isEqualTo(expected);
        }
    }
}
