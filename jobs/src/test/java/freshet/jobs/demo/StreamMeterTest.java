package freshet.jobs.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.schemas.TextPrediction;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamMeterTest {

    private final StreamMeter meter = new StreamMeter("text");

    @Test
    void countsARepeatOnceAndSaysWhatIsMissing() {
        meter.add(prediction(0, 1_000, -1));
        meter.add(prediction(1, 2_000, -1));
        meter.add(prediction(1, 2_000, -1)); // again, after a restart
        meter.add(prediction(4, 5_000, -1)); // 2 and 3 never came
        StreamMeter.Totals totals = meter.totals();
        assertThat(totals.predictions()).isEqualTo(3);
        assertThat(totals.repeats()).isEqualTo(1);
        assertThat(totals.missing()).isEqualTo(2);
        assertThat(totals.score().bytes()).isEqualTo(30);
    }

    @Test
    void leavesOutOfTheScoreWhatTheModelHadSeen() {
        meter.add(prediction(0, 1_000, -1));
        TextPrediction seen = prediction(1, 2_000, 2_500);
        seen.setIsTest(false);
        seen.setBitsAll(0);
        meter.add(seen);
        StreamMeter.Totals totals = meter.totals();
        assertThat(totals.uncounted()).isEqualTo(1);
        // 20 bits on 10 bytes, from the first alone
        assertThat(totals.score().memoryPerByte()).isCloseTo(2.0, within(1e-12));
    }

    @Test
    void takesTheOnlineModelForTheFrozenOneUntilThereIsOne() {
        meter.add(prediction(0, 1_000, -1)); // online 30 bits
        TextPrediction later = prediction(1, 2_000, -1);
        later.setBitsFrozen(50.0);
        meter.add(later);
        // (30 + 50) bits on 20 bytes
        assertThat(meter.totals().score().frozenPerByte()).isCloseTo(4.0, within(1e-12));
    }

    @Test
    void lagLastsUntilAModelThatHasLearnedTheTextAnswers() {
        meter.add(prediction(0, 1_000, -1));
        meter.add(prediction(1, 2_000, -1));
        meter.add(prediction(2, 3_000, 1_000)); // served at 3100, has learned the first
        meter.add(prediction(3, 4_000, 3_000)); // served at 4100, has learned second and third
        // 3100 - 1000, 4100 - 2000, 4100 - 3000
        assertThat(meter.totals().lagMillis()).containsExactly(1_100, 2_100, 2_100);
    }

    @Test
    void aPauseIsNoLagAndNoWork() {
        meter.add(prediction(0, 1_000, -1));
        meter.add(prediction(1, 2_000, -1));
        meter.add(prediction(2, 1_000_000, 2_000)); // the demo was stopped in between
        assertThat(meter.totals().lagMillis()).isEmpty();
        // 3 texts of 2 tokens in the one second that it ran
        assertThat(meter.totals().tokensPerSecond()).isCloseTo(6.0, within(1e-9));
    }

    @Test
    void percentileIsAValueThatWasSeen() {
        assertThat(Summary.percentile(new long[] {1, 2, 3, 4}, 50)).isEqualTo(2);
        assertThat(Summary.percentile(new long[] {1, 2, 3, 4}, 99)).isEqualTo(4);
    }

    @Test
    void foldsBetweenPartsOnANarrowTerminal() {
        assertThat(LiveLine.fold(List.of("0:12", "34 texts", "56 tokens/s"), 16))
                .containsExactly("0:12  34 texts", "56 tokens/s");
        assertThat(LiveLine.wrap("one two three", 7)).containsExactly("one two", "three");
        meter.add(prediction(0, 1_000, -1));
        var parts = LiveLine.parts("0:12", meter.reading(true));
        assertThat(LiveLine.fold(parts, 39)).allMatch(row -> row.length() <= 39);
    }

    /** Ten bytes in two tokens: 20 bits with memory, 30 without; served 100 ms after its event. */
    private static TextPrediction prediction(long sequence, long eventTime, long trainedThrough) {
        return TextPrediction.newBuilder()
                .setModelName("text")
                .setSource("book")
                .setSequence(sequence)
                .setEventTime(eventTime)
                .setLearn(true)
                .setModelVersion(1)
                .setTrainedThrough(trainedThrough)
                .setIsTest(true)
                .setModelAgeMillis(-1)
                .setServedAt(eventTime + 100)
                .setTextBytes(10)
                .setBitsPerToken(List.of(10f, 10f))
                .setBitsAll(20)
                .setBitsModelAndNeighbours(25)
                .setBitsModel(30)
                .setBitsContexts(40)
                .setNextTokens(List.of())
                .setNeighbours(List.of())
                .setModelShare(0.4f)
                .setNeighbourShare(0.3f)
                .setContextShare(0.3f)
                .build();
    }
}
