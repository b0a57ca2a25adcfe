package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.worldmodel.Frame;
import freshet.schemas.AvroCodec;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RobotObservationDecoderTest {

    /** Decodes a good observation after a change to it. */
    private static RobotRecord decoded(Consumer<RobotObservation> change) {
        var observation =
                new RobotObservation(
                        "arm",
                        3L,
                        7L,
                        1_000L,
                        ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6}),
                        2,
                        1,
                        List.of(0.5f),
                        0f,
                        false,
                        40,
                        List.of(new StepOutcome(6L, 0.25f, List.of(-1f, 1f), true)),
                        false,
                        true);
        change.accept(observation);
        return new RobotObservationDecoder(new Frame(1, 2, 3), 1, 2, 1_000)
                .decode(
                        "robots",
                        0,
                        0,
                        1_000,
                        new byte[0],
                        AvroCodec.of(RobotObservation.class).encode(observation),
                        new String[0],
                        new byte[0][]);
    }

    private static void isRefused(Consumer<RobotObservation> change, String because) {
        RobotRecord record = decoded(change);
        assertThat(record.isValid()).isFalse();
        assertThat(record.problem).isEqualTo("INVALID");
        assertThat(record.problemDetail).contains(because);
    }

    @Test
    void aGoodOneSaysWhatTheRobotSawAndDid() {
        RobotRecord record = decoded(good -> {});
        assertThat(record.isValid()).isTrue();
        assertThat(record.source).isEqualTo("arm");
        assertThat(record.episode).isEqualTo(3);
        assertThat(record.sequence).isEqualTo(7);
        assertThat(record.picture).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(record.felt).containsExactly(0.5f);
        assertThat(record.explore).isFalse();
        assertThat(record.deadlineMillis).isEqualTo(40);
        var outcome = record.outcomes().get(0);
        assertThat(outcome.sequence()).isEqualTo(6);
        assertThat(outcome.reward()).isEqualTo(0.25f);
        assertThat(outcome.action()).containsExactly(-1, 1);
        assertThat(outcome.missed()).isTrue();
    }

    @Test
    void aCameraThatChangesItsSizeIsRefused() {
        isRefused(
                robot -> {
                    robot.setImageWidth(1);
                    robot.setImageHeight(2);
                },
                "picture of 1 x 2 in 6 bytes, expected 2 x 1 in 6");
        isRefused(robot -> robot.setImage(ByteBuffer.wrap(new byte[5])), "in 5 bytes");
        isRefused(robot -> robot.setImage(null), "in 0 bytes");
    }

    @Test
    void numbersThatNoSensorMeasuresAreRefused() {
        isRefused(robot -> robot.setProprioception(List.of(Float.NaN)), "NaN, must be finite");
        isRefused(robot -> robot.setProprioception(List.of()), "0 numbers of proprioception");
        isRefused(robot -> robot.setEpisode(-1L), "episode is -1");
        isRefused(robot -> robot.setSequence(-1L), "sequence is -1");
    }

    @Test
    void outcomesThatCannotBeAreRefused() {
        isRefused(outcome(-1, 0.5f, 0f, 0f), "must not be negative");
        isRefused(outcome(1, 1.5f, 0f, 0f), "reward 1.5");
        isRefused(outcome(1, Float.NaN, 0f, 0f), "reward NaN");
        isRefused(outcome(1, 0.5f, 0f, 1.25f), "action 1.25");
        isRefused(outcome(1, 0.5f, 0f), "1 numbers in its action, expected 2");
        var one = new StepOutcome(1L, 0f, List.of(0f, 0f), false);
        isRefused(
                robot -> robot.setOutcomes(Collections.nCopies(65, one)),
                "65 outcomes, at most 64");
    }

    private static Consumer<RobotObservation> outcome(long step, float reward, Float... action) {
        return robot ->
                robot.setOutcomes(List.of(new StepOutcome(step, reward, List.of(action), false)));
    }
}
