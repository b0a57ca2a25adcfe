package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Who is let through: so many models, of each so many bytes a second. */
class AdmitModelsFunctionTest {

    private static final String TEN_BYTES = "ten bytes.";

    private static OneInputStreamOperatorTestHarness<TextRecord, TextRecord> harness(
            AdmissionConfig config, OperatorSubtaskState state) throws Exception {
        var harness =
                new OneInputStreamOperatorTestHarness<TextRecord, TextRecord>(
                        new ProcessOperator<>(
                                new AdmitModelsFunction<>(config, SmallText.DEAD_LETTERS)));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    private static AdmissionConfig config(int maxModels, int bytesPerSecond, int burstBytes) {
        return new AdmissionConfig(
                new ModelNames("many-", "/"), maxModels, bytesPerSecond, burstBytes);
    }

    private static List<String> letters(
            OneInputStreamOperatorTestHarness<TextRecord, TextRecord> harness) {
        var side = harness.getSideOutput(SmallText.DEAD_LETTERS);
        List<String> letters = new ArrayList<>();
        if (side != null) {
            side.forEach(
                    one -> {
                        OutRecord letter = one.getValue();
                        int at = List.of(letter.headerNames).indexOf("freshet.reason");
                        letters.add(
                                new String(
                                                letter.headerValues[at],
                                                java.nio.charset.StandardCharsets.UTF_8)
                                        + " "
                                        + new String(
                                                letter.headerValues[at + 1],
                                                java.nio.charset.StandardCharsets.UTF_8));
                    });
        }
        return letters;
    }

    @Test
    void theNameAfterTheLastIsTurnedAwayAndTheOthersGoOn() throws Exception {
        OperatorSubtaskState state;
        try (var harness = harness(config(2, 0, 1), null)) {
            harness.processElement(SmallText.record("a/one", 0, 0, TEN_BYTES), 0);
            harness.processElement(SmallText.record("b", 0, 0, TEN_BYTES), 0);
            state = harness.snapshot(1, 0);
        }
        try (var harness = harness(config(2, 0, 1), state)) {
            harness.processElement(SmallText.record("c", 0, 0, TEN_BYTES), 0);
            harness.processElement(SmallText.record("a/two", 0, 0, TEN_BYTES), 0);
            harness.processElement(SmallText.record("b", 1, 0, TEN_BYTES), 0);
            harness.processElement(SmallText.record("not a name", 0, 0, TEN_BYTES), 0);
            harness.processElement(SmallText.record("/", 0, 0, TEN_BYTES), 0);
            assertThat(harness.extractOutputValues())
                    .extracting(one -> one.source)
                    .containsExactly("a/two", "b");
            assertThat(letters(harness))
                    .containsExactly(
                            "TOO_MANY_MODELS model many-c would be one more than"
                                    + " many.max-models, 2",
                            "INVALID source names model many-not a name: a name is 1 to 64"
                                    + " letters, digits, _ or -",
                            "INVALID source names model many-: a name is 1 to 64 letters,"
                                    + " digits, _ or -");
        }
    }

    /** A flood of a thousand texts at once holds the next model up by the burst alone. */
    @Test
    void aFloodLosesItsOwnExcessAndNobodyElses() throws Exception {
        try (var harness = harness(config(10, 20, 50), null)) {
            for (int i = 0; i < 1000; i++) {
                harness.processElement(SmallText.record("flood", i, 1000, TEN_BYTES), 0);
            }
            harness.processElement(SmallText.record("calm", 0, 1000, TEN_BYTES), 0);
            // Ten bytes each: five fit into the burst of 50.
            assertThat(harness.extractOutputValues())
                    .extracting(one -> one.source)
                    .containsExactly("flood", "flood", "flood", "flood", "flood", "calm");
            assertThat(letters(harness)).hasSize(995).allMatch(one -> one.startsWith("OVER_QUOTA"));
            // 20 bytes a second, by the log's time: two more after one second, 50 after a minute.
            for (int i = 0; i < 10; i++) {
                harness.processElement(SmallText.record("flood", 1000 + i, 2000, TEN_BYTES), 0);
            }
            assertThat(harness.extractOutputValues()).hasSize(8);
            for (int i = 0; i < 10; i++) {
                harness.processElement(SmallText.record("flood", 1010 + i, 62_000, TEN_BYTES), 0);
            }
            assertThat(harness.extractOutputValues()).hasSize(13);
        }
    }

    @Test
    void aQuotaIsTheSameAfterARecovery() throws Exception {
        List<TextRecord> texts =
                IntStream.range(0, 300)
                        .mapToObj(i -> SmallText.record("flood", i, i * 170L, TEN_BYTES))
                        .toList();
        AdmissionConfig config = config(10, 20, 35);
        List<Long> straight = new ArrayList<>();
        try (var harness = harness(config, null)) {
            for (TextRecord text : texts) {
                harness.processElement(text, 0);
            }
            harness.extractOutputValues().forEach(one -> straight.add(one.sequence));
        }
        assertThat(straight).hasSizeBetween(90, 110); // 2 a second of 6, for 51 s
        OperatorSubtaskState state;
        List<Long> recovered = new ArrayList<>();
        try (var harness = harness(config, null)) {
            for (TextRecord text : texts.subList(0, 151)) {
                harness.processElement(text, 0);
            }
            state = harness.snapshot(1, 0);
            harness.extractOutputValues().forEach(one -> recovered.add(one.sequence));
        }
        try (var harness = harness(config, state)) {
            for (TextRecord text : texts.subList(151, 300)) {
                harness.processElement(text, 0);
            }
            harness.extractOutputValues().forEach(one -> recovered.add(one.sequence));
        }
        assertThat(recovered).isEqualTo(straight);
    }
}
