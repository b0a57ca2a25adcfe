package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.schemas.AvroCodec;
import freshet.schemas.TextObservation;
import freshet.schemas.TextPrediction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** A text that comes twice is learned and answered once, and is one dead letter. */
class RepeatedTextsTest {

    private static final int PARTITIONS = 4;
    private static final long DISORDER = 20;

    private final AvroCodec<TextObservation> codec = AvroCodec.of(TextObservation.class);
    private final TextDecoder decoder = new TextDecoder(1_000, 0);

    @Test
    void theDeadLetterHoldsTheOriginalAndSaysWhereItStood() throws Exception {
        TextRecord first = observed(3, 40, "mill", 7, 1_000, "the water turns");
        TextRecord again = observed(3, 41, "mill", 7, 1_000, "the water turns");
        TextRecord older = observed(3, 42, "mill", 5, 1_001, "the wheel");
        try (var learn = new LearnBranch()) {
            learn.learn(List.of(first, again, older));

            assertThat(learn.deadLetters()).hasSize(2);
            OutRecord letter = learn.deadLetters().get(0);
            assertThat(letter.key).isEqualTo(again.key);
            assertThat(letter.value).isEqualTo(again.value);
            assertThat(BadModelsTest.headers(letter))
                    .containsEntry("trace", "abc")
                    .containsEntry("freshet.reason", "REPEATED")
                    .containsEntry("freshet.topic", "observations.text")
                    .containsEntry("freshet.partition", "3")
                    .containsEntry("freshet.offset", "41")
                    .containsEntry("freshet.timestamp", "1000")
                    .containsEntry("freshet.detail", "sequence 7 of source mill, learned up to 7");
            assertThat(BadModelsTest.headers(learn.deadLetters().get(1)))
                    .containsEntry("freshet.offset", "42")
                    .containsEntry("freshet.detail", "sequence 5 of source mill, learned up to 7");
        }
    }

    @Test
    void aRepeatChangesNothingThatIsLearned() throws Exception {
        List<TextRecord> once = new ArrayList<>();
        List<TextRecord> twice = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            TextRecord text = observed(0, i, "mill", i, 1_000 + i, "the water turns the wheel ");
            once.add(text);
            twice.add(text);
            twice.add(text);
        }
        assertThat(learnerHash(twice)).isEqualTo(learnerHash(once));
    }

    @Test
    void aRepeatIsAnsweredOnceAndAQuestionEachTime() throws Exception {
        TextRecord text = observed(0, 1, "mill", 1, 1_000, "the water turns");
        TextRecord question = observed(0, 2, "mill", 1, 1_001, "the wheel");
        question.learn = false;
        try (var predict = new PredictBranch(SmallText.live(), 1)) {
            for (TextRecord record : List.of(text, question, text, question)) {
                predict.take(record);
            }
            assertThat(predict.predictions())
                    .extracting(TextPrediction::getLearn)
                    .containsExactly(true, false, false);
        }
    }

    /** Four partitions, read one after the other or in turn: the same learner, the same letters. */
    @Test
    void interleavingOfFourPartitionsChangesNeitherWhatIsLearnedNorWhatIsPutAside()
            throws Exception {
        List<List<TextRecord>> partitions = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<TextRecord> texts = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                long eventTime = 1_000 + 4L * i + partition % 2; // two partitions share each time
                String text = "partition " + partition + " says the water turns " + i;
                texts.add(observed(partition, 2L * i, "p" + partition, i, eventTime, text));
                if (i % 5 == 2) {
                    texts.add(observed(partition, 2L * i + 1, "p" + partition, i, eventTime, text));
                }
            }
            partitions.add(texts);
        }
        List<TextRecord> oneAfterTheOther = new ArrayList<>();
        partitions.forEach(oneAfterTheOther::addAll);
        List<TextRecord> inTurn = new ArrayList<>();
        for (int i = 0; i < partitions.get(0).size(); i++) {
            for (int partition = PARTITIONS - 1; partition >= 0; partition--) {
                inTurn.add(partitions.get(partition).get(i));
            }
        }

        List<TextRecord> ordered = ordered(oneAfterTheOther);
        assertThat(names(ordered(inTurn))).isEqualTo(names(ordered)).hasSize(inTurn.size());
        assertThat(learnerHash(ordered(inTurn))).isEqualTo(learnerHash(ordered));
        assertThat(letters(ordered(inTurn)))
                .isEqualTo(letters(ordered))
                .hasSize(8); // the 2nd and the 7th of each of four
    }

    private static List<TextRecord> ordered(List<TextRecord> arrived) throws Exception {
        try (var order =
                new KeyedOneInputStreamOperatorTestHarness<Integer, TextRecord, TextRecord>(
                        new KeyedProcessOperator<>(
                                new OrderFunction<>(
                                        TextRecord.class, DISORDER, 0, SmallText.DEAD_LETTERS)),
                        record -> 0,
                        Types.INT)) {
            order.open();
            for (TextRecord record : arrived) {
                order.processElement(record, record.eventTimeMillis);
            }
            order.processWatermark(Long.MAX_VALUE);
            return order.extractOutputValues();
        }
    }

    private static List<String> names(List<TextRecord> records) {
        return records.stream().map(record -> record.source + "/" + record.sequence).toList();
    }

    private static String learnerHash(List<TextRecord> ordered) throws Exception {
        List<ModelVersion> versions = LearnBranch.versionsOf(ordered);
        assertThat(versions).hasSizeGreaterThan(2);
        return versions.get(versions.size() - 1).metadata.get(PublishingSchedule.LEARNER_HASH);
    }

    /** Source and offset of the dead letters' originals. */
    private static List<String> letters(List<TextRecord> ordered) throws Exception {
        try (var learn = new LearnBranch()) {
            learn.learn(ordered);
            return learn.deadLetters().stream()
                    .map(BadModelsTest::headers)
                    .map(said -> said.get("freshet.partition") + "@" + said.get("freshet.offset"))
                    .toList();
        }
    }

    /** As it is read from the topic: the bytes are the record's own. */
    private TextRecord observed(
            int partition, long offset, String source, long sequence, long time, String text) {
        byte[] value =
                codec.encode(
                        new TextObservation(
                                source,
                                sequence,
                                time,
                                ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
                                true));
        TextRecord record =
                decoder.decode(
                        "observations.text",
                        partition,
                        offset,
                        time,
                        source.getBytes(StandardCharsets.UTF_8),
                        value,
                        new String[] {"trace"},
                        new byte[][] {"abc".getBytes(StandardCharsets.UTF_8)});
        assertThat(record.isValid()).isTrue();
        return record;
    }
}
