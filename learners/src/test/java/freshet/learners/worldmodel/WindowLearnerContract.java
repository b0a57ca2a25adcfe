package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.OnlineLearner;
import freshet.learners.OnlineLearnerContract;
import freshet.learners.StepReport;
import freshet.learners.tensor.TensorEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The world model learner without a replay on one engine; each engine extends this. */
public abstract class WindowLearnerContract extends OnlineLearnerContract<ExperienceBatch> {

    /** Seed, updates and the number of weights come before the first. */
    private static final int FIRST_WEIGHT = 2 * Long.BYTES + Integer.BYTES;

    private static final Experience WINDOWS =
            new WorldModelLearningConfig.Windows(5, 2, 64 << 10, 0);

    protected abstract TensorEngine engine();

    private WorldModelLearner learner(WorldModelLearningConfig learning) {
        return new WorldModelLearner(engine(), Beads.MODEL, learning, Beads.FRAME);
    }

    @Override
    protected OnlineLearner<ExperienceBatch> newLearner(long seed) {
        return learner(Beads.learning(seed).with(WINDOWS));
    }

    @Override
    protected OnlineLearner<ExperienceBatch> brokenLearner() {
        OnlineLearner<ExperienceBatch> learner = newLearner(1);
        learner.restore(withNan(learner.snapshot(), FIRST_WEIGHT));
        return learner;
    }

    @Override
    protected List<ExperienceBatch> batches() {
        return Beads.batches();
    }

    @Override
    protected List<String> oldSnapshots() {
        return List.of(
                "/snapshots/v1/world-model-windows.bin", "/snapshots/v2/world-model-windows.bin");
    }

    @Override
    protected LearnerSnapshot adopted(LearnerSnapshot snapshot) {
        return snapshot.adoptedBy(engine().metadata());
    }

    /**
     * Steps that wait go back too, and the next batch is learned as if the bad one had not been.
     */
    @Test
    void aRefusedBatchLeavesTheOpenWindowsAsTheyWere() {
        try (var learner = newLearner(1);
                var sound = newLearner(1)) {
            learner.step(batches().get(0));
            sound.restore(learner.snapshot());
            learner.restore(withNan(learner.snapshot(), FIRST_WEIGHT));
            String before = learner.snapshot().hash();
            assertThat(learner.step(batches().get(1)).applied()).isFalse();
            assertThat(learner.snapshot().hash()).isEqualTo(before);
            learner.restore(sound.snapshot());
            learner.step(batches().get(1));
            sound.step(batches().get(1));
            assertThat(learner.snapshot()).isEqualTo(sound.snapshot());
        }
    }

    /** Twelve steps of two robots, windows of five, each beginning two behind the one before. */
    @Test
    void anUpdateLearnsTheWindowsThatItsBatchCompletes() {
        try (var learner = newLearner(1)) {
            List<RobotStep> steps = batches().get(0).steps();
            StepReport first = learner.step(new ExperienceBatch(steps.subList(0, 4)));
            assertThat(first.items()).isZero(); // no window yet
            assertThat(first.measurements()).contains(Measurement.of("stepsKept", 4));
            assertThat(learner.step(new ExperienceBatch(steps.subList(4, 5))).items()).isOne();
            StepReport none = learner.step(new ExperienceBatch(steps.subList(5, 6)));
            assertThat(none.items()).isZero();
            assertThat(none.measurements()).contains(Measurement.of("stepsKept", 4));
        }
    }

    @Test
    void episodesOfOneKindAreLearned() {
        try (var learner = newLearner(1)) {
            var losses = new ArrayList<Double>();
            for (int episode = 0; episode < 60; episode++) {
                var steps = new ArrayList<RobotStep>();
                for (String robot : List.of("a", "b")) {
                    for (RobotStep one : Beads.episode(robot, 0, 0, 12)) {
                        steps.add(
                                new RobotStep(
                                        robot,
                                        episode,
                                        one.sequence(),
                                        one.picture(),
                                        one.felt(),
                                        one.action(),
                                        one.reward()));
                    }
                }
                losses.add(learner.step(new ExperienceBatch(steps)).lossBeforeLearning());
            }
            assertThat(losses.get(59)).isLessThan(0.8 * losses.get(0));
        }
    }

    @Test
    void itHasNoSegmentsAndIsNotMistakenForOneWithAReplay() {
        WorldModelLearningConfig learning = Beads.learning(1);
        try (var learner = learner(learning.with(WINDOWS));
                var resumed = learner(learning.with(WINDOWS));
                var withReplay = learner(learning)) {
            learner.step(batches().get(0));
            assertThat(learner.segmentNumbers()).isEmpty();
            assertThat(learner.changedSegments()).isEmpty();
            resumed.restore(learner.snapshotWithoutSegments(), new TreeMap<>());
            assertThat(resumed.snapshot()).isEqualTo(learner.snapshot());
            assertThatThrownBy(() -> withReplay.restore(learner.snapshot()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("experience=windows");
        }
    }
}
