package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Images, labels and answers in one order of event time. */
class ImageOrderTest {

    private static final long DISORDER = 2;

    private static ImageRecord record(String topic, String id, long at) {
        var record = new ImageRecord();
        record.topic = topic;
        record.source = id;
        record.recordId = id;
        record.eventTimeMillis = at;
        record.value = new byte[0];
        record.headerNames = new String[0];
        record.headerValues = new byte[0][];
        record.learn = true;
        return record;
    }

    private static List<String> ordered(ImageRecord... arrived) throws Exception {
        try (var order =
                new KeyedOneInputStreamOperatorTestHarness<Integer, ImageRecord, ImageRecord>(
                        new KeyedProcessOperator<>(
                                new OrderFunction<>(
                                        ImageRecord.class, DISORDER, 0, SmallText.DEAD_LETTERS)),
                        one -> 0,
                        Types.INT)) {
            order.open();
            for (ImageRecord one : arrived) {
                order.processElement(one, one.eventTimeMillis);
            }
            order.processWatermark(Long.MAX_VALUE);
            return order.extractOutputValues().stream().map(one -> one.recordId).toList();
        }
    }

    /** Both are partition 0: of images and of labels. */
    @Test
    void aTopicAheadMakesNothingLateInAnother() throws Exception {
        assertThat(
                        ordered(
                                record("images", "a", 100),
                                record("labels", "b", 50),
                                record("images", "late", 97), // 100 - 2 = 98
                                record("labels", "c", 48)))
                .containsExactly("c", "b", "a");
    }

    /** Two subtasks of the classifier: the second answers what came first. */
    @Test
    void anAnswerIsNotLateBecauseAnotherWasQuicker() throws Exception {
        ImageRecord quick = record("images", "b", 110);
        ImageRecord slow = record("images", "a", 100);
        quick.probabilities = new float[] {1, 0};
        slow.probabilities = new float[] {0, 1};
        assertThat(ordered(quick, slow)).containsExactly("a", "b");
    }
}
