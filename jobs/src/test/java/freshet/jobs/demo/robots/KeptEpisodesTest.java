package freshet.jobs.demo.robots;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.ModelArtifact;
import freshet.learners.worldmodel.RobotStep;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeptEpisodesTest {

    private static final int STEPS = 4;

    private final KeptEpisodes episodes = new KeptEpisodes("robot-0", 1);

    @BeforeEach
    void publish() {
        episodes.add(model(1));
    }

    private static ModelArtifact model(long version) {
        return new ModelArtifact("world-model", 2, "", version, Map.of(), new byte[0]);
    }

    /** Actions and rewards of step s are s / 10 and s / 100; the picture says which it is. */
    private void observe(String robot, long episode, long step, boolean outcome) {
        observe(episodes, robot, episode, step, outcome);
    }

    private static void observe(
            KeptEpisodes episodes, String robot, long episode, long step, boolean outcome) {
        List<StepOutcome> outcomes = new ArrayList<>();
        if (outcome && step > 0) {
            long before = step - 1;
            outcomes.add(new StepOutcome(before, before / 100f, List.of(before / 10f), false));
        }
        episodes.add(
                new RobotObservation(
                        robot,
                        episode,
                        step,
                        1L,
                        ByteBuffer.wrap(new byte[] {(byte) episode, (byte) step, 0}),
                        1,
                        1,
                        List.of(),
                        0f,
                        step == STEPS,
                        0,
                        outcomes,
                        true,
                        true));
    }

    private void episode(String robot, long episode) {
        episode(episodes, robot, episode);
    }

    private static void episode(KeptEpisodes episodes, String robot, long episode) {
        for (int step = 0; step <= STEPS; step++) {
            observe(episodes, robot, episode, step, true);
        }
    }

    @Test
    void keepsTheFirstAndTheNewestEachWithTheModelOfItsEnd() {
        episode("robot-0", 5);
        assertThat(episodes.later()).isEmpty();
        episodes.add(model(2));
        episode("robot-0", 6);
        episode("robot-1", 6);
        episodes.add(model(3));
        episode("robot-0", 7);
        episodes.add(model(4));
        observe("robot-0", 8, 0, true);

        KeptEpisodes.Kept first = episodes.first().orElseThrow();
        assertThat(first.model().step()).isEqualTo(1);
        assertThat(first.steps()).hasSize(STEPS + 1);
        RobotStep third = first.steps().get(3);
        assertThat(third.sequence()).isEqualTo(3);
        assertThat(third.episode()).isEqualTo(5);
        assertThat(third.picture()).containsExactly(5, 3, 0);
        assertThat(third.action()).containsExactly(0.3f);
        assertThat(third.reward()).isEqualTo(0.03f);
        assertThat(first.steps().get(STEPS).action()).containsExactly(0f);
        KeptEpisodes.Kept later = episodes.later().orElseThrow();
        assertThat(later.model().step()).isEqualTo(3);
        assertThat(later.steps().get(0).episode()).isEqualTo(7);
    }

    @Test
    void episodesThatEndedBeforeAnyModelAreJudgedByTheFirst() {
        var early = new KeptEpisodes("robot-0", 1);
        episode(early, "robot-0", 0);
        episode(early, "robot-0", 1);
        assertThat(early.first()).isEmpty();
        assertThat(early.later()).isEmpty();
        early.add(model(4));
        early.add(model(8));
        assertThat(early.first().orElseThrow().model().step()).isEqualTo(4);
        assertThat(early.first().orElseThrow().steps().get(0).episode()).isEqualTo(0);
        assertThat(early.later().orElseThrow().model().step()).isEqualTo(4);
    }

    @Test
    void anEpisodeWithAGapIsNotKept() {
        for (int step = 0; step <= STEPS; step++) {
            if (step != 2) {
                observe("robot-0", 0, step, true);
            }
        }
        for (int step = 0; step <= STEPS; step++) {
            observe("robot-0", 1, step, step != 2); // the outcome of step 1 is lost
        }
        assertThat(episodes.first()).isEmpty();
        episode("robot-0", 2);
        assertThat(episodes.first().orElseThrow().steps().get(0).episode()).isEqualTo(2);
    }

    @Test
    void candidatesAreOfOtherEpisodes() {
        episode("robot-0", 0);
        episode("robot-0", 1);
        episode("robot-1", 0);
        List<RobotStep> beside = episodes.framesBeside(episodes.first().orElseThrow());
        assertThat(beside)
                .extracting(step -> step.robot() + " " + step.episode())
                .hasSize(2 * (STEPS + 1))
                .containsOnly("robot-0 1", "robot-1 0");
    }

    /** After n frames every k-th is there: k is the least power of two that holds them. */
    @Test
    void framesStayFewAndEvenlySpread() {
        episode("robot-0", 0);
        int count = 5 * KeptEpisodes.MOST_FRAMES;
        for (int step = 0; step < count; step++) {
            observe("robot-1", step / 100, step % 100 + 10, true);
        }
        List<RobotStep> frames = episodes.framesBeside(episodes.first().orElseThrow());
        assertThat(frames).hasSizeBetween(count / 8 - 1, count / 8 + 1);
        for (int i = 1; i < frames.size(); i++) {
            long apart = at(frames.get(i)) - at(frames.get(i - 1));
            assertThat(apart).isEqualTo(8);
        }
    }

    private static long at(RobotStep frame) {
        return frame.episode() * 100 + frame.sequence();
    }
}
