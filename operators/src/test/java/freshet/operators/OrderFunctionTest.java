package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

class OrderFunctionTest {

    private static final OutputTag<OutRecord> DEAD_LETTERS =
            new OutputTag<>("dead-letters", Types.POJO(OutRecord.class));
    private static final long DISORDER = 20;
    private static final long IDLE = 1_000;

    @Test
    void ordersByTimeThenSourceThenSequenceBehindTheWatermark() throws Exception {
        try (var harness = harness()) {
            harness.open();
            harness.processElement(record(0, 110, "b", 2), 110);
            harness.processElement(record(0, 100, "b", 1), 100);
            harness.processElement(record(1, 110, "a", 9), 110);
            assertThat(passed(harness)).isEmpty();

            harness.processWatermark(110);

            assertThat(passed(harness)).containsExactly("100 b/1", "110 a/9", "110 b/2");
        }
    }

    @Test
    void interleavingOfPartitionsChangesNothing() throws Exception {
        List<TextRecord> left = List.of(record(0, 1, "a", 0), record(0, 5, "a", 1));
        List<TextRecord> right = List.of(record(1, 2, "b", 0), record(1, 5, "b", 1));

        assertThat(order(left, right)).isEqualTo(order(right, left));
        assertThat(order(left, right)).containsExactly("1 a/0", "2 b/0", "5 a/1", "5 b/1");
    }

    @Test
    void aRecordIsLateByItsOwnPartitionOnly() throws Exception {
        try (var harness = harness()) {
            harness.open();
            harness.processElement(record(0, 1_000, "a", 1), 1_000);
            harness.processElement(record(0, 980, "a", 0), 980); // 1000 - 20: just in time
            harness.processElement(record(1, 500, "b", 0), 500); // first of its partition
            harness.processElement(record(0, 979, "a", 7), 979);
            harness.processWatermark(1_000);

            assertThat(passed(harness)).containsExactly("500 b/0", "980 a/0", "1000 a/1");
            assertThat(deadLetters(harness)).hasSize(1).first().asString().contains("979", "1000");
        }
    }

    @Test
    void aPauseLetsTheLastRecordsThrough() throws Exception {
        try (var harness = harness()) {
            harness.open();
            harness.setProcessingTime(5_000);
            harness.processElement(record(0, 110, "b", 1), 110);
            harness.setProcessingTime(5_900);
            harness.processElement(record(0, 105, "b", 0), 105);
            harness.setProcessingTime(6_000); // 1000 after the first, 100 after the last
            assertThat(passed(harness)).isEmpty();

            harness.setProcessingTime(6_900);
            harness.processWatermark(200);

            assertThat(passed(harness)).containsExactly("105 b/0", "110 b/1");
        }
    }

    /** Also while nothing else has come: it waits for no watermark. */
    @Test
    void aCommandWithoutATimeGoesOnAtOnce() throws Exception {
        try (var harness = harness()) {
            harness.open();
            TextRecord command = record(0, 0, "", 3);
            command.command = new byte[0];
            harness.processElement(command, 0);
            assertThat(passed(harness)).containsExactly("0 /3");
        }
    }

    @Test
    void aRestartIsNoPause() throws Exception {
        OperatorSubtaskState state;
        try (var before = harness()) {
            before.open();
            before.setProcessingTime(5_000);
            before.processElement(record(0, 110, "b", 1), 110);
            state = before.snapshot(1, 5_000);
        }
        try (var after = harness()) {
            after.setProcessingTime(900_000);
            after.initializeState(state);
            after.open();
            after.setProcessingTime(900_001);
            assertThat(passed(after)).isEmpty();
            after.processElement(record(0, 100, "b", 0), 100);

            after.processWatermark(110);

            assertThat(passed(after)).containsExactly("100 b/0", "110 b/1");
        }
    }

    private static List<String> order(List<TextRecord> first, List<TextRecord> second)
            throws Exception {
        try (var harness = harness()) {
            harness.open();
            for (TextRecord record : first) {
                harness.processElement(record, record.eventTimeMillis);
            }
            for (TextRecord record : second) {
                harness.processElement(record, record.eventTimeMillis);
            }
            harness.processWatermark(5);
            return passed(harness);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<Integer, TextRecord, TextRecord> harness()
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(
                        new OrderFunction<>(TextRecord.class, DISORDER, IDLE, DEAD_LETTERS)),
                record -> 0,
                Types.INT);
    }

    private static List<String> passed(
            KeyedOneInputStreamOperatorTestHarness<Integer, TextRecord, TextRecord> harness) {
        return harness.extractOutputValues().stream()
                .map(
                        record ->
                                "%d %s/%d"
                                        .formatted(
                                                record.eventTimeMillis,
                                                record.source,
                                                record.sequence))
                .collect(Collectors.toList());
    }

    private static List<String> deadLetters(
            KeyedOneInputStreamOperatorTestHarness<Integer, TextRecord, TextRecord> harness) {
        return harness.getSideOutput(DEAD_LETTERS).stream()
                .map(letter -> headers(letter.getValue()))
                .toList();
    }

    private static String headers(OutRecord letter) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < letter.headerNames.length; i++) {
            text.append(letter.headerNames[i])
                    .append('=')
                    .append(new String(letter.headerValues[i], StandardCharsets.UTF_8))
                    .append(' ');
        }
        return text.toString();
    }

    private static TextRecord record(int partition, long eventTime, String source, long sequence) {
        TextRecord record = new TextRecord();
        record.topic = "observations.text";
        record.partition = partition;
        record.eventTimeMillis = eventTime;
        record.source = source;
        record.sequence = sequence;
        record.text = source.getBytes(StandardCharsets.UTF_8);
        record.value = record.text;
        record.learn = true;
        record.headerNames = new String[0];
        record.headerValues = new byte[0][];
        return record;
    }
}
