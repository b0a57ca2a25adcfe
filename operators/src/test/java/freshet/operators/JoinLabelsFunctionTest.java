package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class JoinLabelsFunctionTest {

    private static ImageRecord record(String id, long at) {
        var record = new ImageRecord();
        record.topic = "images";
        record.source = id;
        record.recordId = id;
        record.eventTimeMillis = at;
        record.headerNames = new String[0];
        record.headerValues = new byte[0][];
        record.learn = true;
        return record;
    }

    private static ImageRecord image(String id, long at, boolean learn) {
        ImageRecord image = record(id, at);
        image.image = new byte[Float.BYTES];
        image.learn = learn;
        return image;
    }

    private static ImageRecord label(String id, long at) {
        ImageRecord label = record(id, at);
        label.label = 1;
        return label;
    }

    /** What goes on to the learner, and the reasons of the dead letters. */
    private static List<List<String>> joined(boolean learnLate, ImageRecord... records)
            throws Exception {
        var settings = new LabelSettings(10, 100, 50, learnLate);
        try (var join =
                new KeyedOneInputStreamOperatorTestHarness<Integer, ImageRecord, ImageRecord>(
                        new KeyedProcessOperator<>(
                                new JoinLabelsFunction(settings, SmallText.DEAD_LETTERS)),
                        one -> 0,
                        Types.INT)) {
            join.open();
            for (ImageRecord one : records) {
                join.processElement(one, one.eventTimeMillis);
            }
            join.processWatermark(Long.MAX_VALUE);
            var letters = join.getSideOutput(SmallText.DEAD_LETTERS);
            return List.of(
                    join.extractOutputValues().stream()
                            .map(one -> one.recordId + "=" + one.label)
                            .toList(),
                    letters == null
                            ? List.of()
                            : letters.stream()
                                    .map(letter -> BadModelsTest.headers(letter.getValue()))
                                    .map(headers -> headers.get("freshet.reason"))
                                    .toList());
        }
    }

    @Test
    void anImageThatIsOnlyAnsweredIsNotLearnedAndItsLabelIsNoDeadLetter() throws Exception {
        assertThat(joined(true, image("a", 100, false), label("a", 101)))
                .containsExactly(List.of(), List.of());
    }

    @Test
    void aLabelWithoutImageIsADeadLetter() throws Exception {
        assertThat(joined(true, label("a", 101))).containsExactly(List.of(), List.of("NO_IMAGE"));
    }

    @Test
    void aLateLabelIsLearnedOnlyWhereThatIsWanted() throws Exception {
        ImageRecord[] records = {image("a", 100, true), image("b", 115, true), label("a", 116)};
        assertThat(joined(false, records).get(0)).containsExactly("a=-1", "b=-1");
        assertThat(joined(true, records).get(0)).containsExactly("a=-1", "a=1", "b=-1");
    }
}
