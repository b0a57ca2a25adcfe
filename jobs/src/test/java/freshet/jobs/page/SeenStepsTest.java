package freshet.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.worldmodel.RobotStep;
import freshet.schemas.Action;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From which steps the page says what was expected. */
class SeenStepsTest {

    private final SeenSteps steps = new SeenSteps(3, 1, 1);

    /** A picture that says which step it is; of the step before, the action that was done. */
    private static RobotObservation seen(long episode, long step, List<StepOutcome> outcomes) {
        return new RobotObservation(
                "robot-0",
                episode,
                step,
                1L,
                ByteBuffer.wrap(new byte[] {(byte) episode, (byte) step, 0}),
                1,
                1,
                List.of(0.5f),
                0f,
                false,
                0,
                outcomes,
                true,
                true);
    }

    private static List<StepOutcome> done(long step, float action) {
        return List.of(new StepOutcome(step, 0f, List.of(action), false));
    }

    private SeenSteps.Run only() {
        assertThat(steps.runs()).hasSize(1);
        return steps.runs().get(0);
    }

    @Test
    void aRunIsNumberedFromZeroAndEndsWithTheNewestStep() {
        steps.take(seen(2, 7, done(6, 0.6f)));
        assertThat(steps.runs()).isEmpty(); // nothing came before it
        steps.take(seen(2, 8, done(7, 0.7f)));
        steps.take(seen(2, 9, done(8, 0.8f)));
        SeenSteps.Run run = only();
        assertThat(run.first()).isEqualTo(7);
        assertThat(run.steps()).extracting(RobotStep::sequence).containsExactly(0L, 1L, 2L);
        assertThat(run.steps().get(0).action()).containsExactly(0.7f);
        assertThat(run.steps().get(1).action()).containsExactly(0.8f);
        assertThat(run.last().picture()).containsExactly(2, 9, 0);
        assertThat(run.last().felt()).containsExactly(0.5f);
    }

    @Test
    void itEndsBeforeAnActionThatIsNotKnownAndStartsAnewAfterAGapOrAnEpisode() {
        steps.take(seen(2, 0, List.of()));
        steps.take(seen(2, 1, done(0, 0.1f)));
        steps.take(seen(2, 2, done(0, 0.1f)));
        assertThat(only().last().picture()).containsExactly(2, 1, 0);
        steps.take(seen(2, 4, done(3, 0.3f)));
        assertThat(steps.runs()).isEmpty();
        steps.take(seen(3, 0, List.of()));
        steps.take(seen(3, 1, done(0, 2f))); // out of range: no action
        assertThat(steps.runs()).isEmpty();
    }

    @Test
    void aRobotThatSaysNothingOfItsStepsDidAsItWasTold() {
        steps.take(seen(2, 0, List.of()));
        steps.take(new Action("robot-0", 2L, 0L, 1L, 2L, 0L, List.of(0.4f), "robot", 7L));
        assertThat(steps.runs()).isEmpty();
        steps.take(seen(2, 1, List.of()));
        assertThat(only().steps().get(0).action()).containsExactly(0.4f);
    }

    @Test
    void itIsBoundedAndPassesOverWhatDoesNotFit() {
        RobotObservation other = seen(1, 0, List.of());
        other.setProprioception(List.of());
        steps.take(other);
        other.setProprioception(List.of(0.5f));
        other.setImage(null);
        steps.take(other);
        assertThat(steps.frames()).isEmpty();
        for (long step = 0; step < 1_000; step++) {
            steps.take(seen(1, step, step == 0 ? List.of() : done(step - 1, 0f)));
        }
        assertThat(only().steps()).hasSize(SeenSteps.STEPS);
        assertThat(only().first()).isEqualTo(1_000 - SeenSteps.STEPS);
        assertThat(steps.frames()).hasSizeBetween(SeenSteps.FRAMES / 2, SeenSteps.FRAMES);
    }
}
