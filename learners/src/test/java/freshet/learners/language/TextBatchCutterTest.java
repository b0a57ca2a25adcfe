package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.Saved;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextBatchCutterTest {

    private static TokenizedText record(String source, long sequence, int... tokens) {
        return new TokenizedText(source, sequence, 100 * sequence, tokens);
    }

    @Test
    void cutsAsSoonAsThereAreEnoughTokensAndCarriesContext() {
        var cutter = new TextBatchCutter(3, 5, 4);
        assertThat(cutter.add(record("a", 7, 1, 2))).isEmpty();
        TextBatch first = cutter.add(record("a", 8, 3, 4)).get(0);
        assertThat(first.context()).isEmpty();
        assertThat(first.tokens()).containsExactly(1, 2, 3);
        assertThat(first.firstSequence()).isEqualTo(7);
        assertThat(first.lastSequence()).isEqualTo(8);
        assertThat(first.eventTimeMillis()).isEqualTo(800);
        List<TextBatch> next = cutter.add(record("a", 9, 5, 6, 7, 8, 9));
        assertThat(next).hasSize(2);
        // Window 5 less 3 new: the two tokens before.
        assertThat(next.get(0).context()).containsExactly(2, 3);
        assertThat(next.get(0).tokens()).containsExactly(4, 5, 6);
        assertThat(next.get(0).firstSequence()).isEqualTo(8);
        assertThat(next.get(1).context()).containsExactly(5, 6);
        assertThat(next.get(1).tokens()).containsExactly(7, 8, 9);
        assertThat(next.get(1).firstSequence()).isEqualTo(9);
    }

    @Test
    void keepsSourcesApart() {
        var cutter = new TextBatchCutter(3, 5, 4);
        cutter.add(record("a", 1, 1, 2));
        TextBatch other = cutter.add(record("b", 1, 7, 8, 9)).get(0);
        assertThat(other.source()).isEqualTo("b");
        assertThat(other.context()).isEmpty();
        assertThat(cutter.add(record("a", 2, 3)).get(0).tokens()).containsExactly(1, 2, 3);
    }

    @Test
    void theSourceUnusedLongestGoesOutWithWhatWaited() {
        var cutter = new TextBatchCutter(3, 5, 2);
        cutter.add(record("a", 1, 1, 2));
        cutter.add(record("b", 1, 3));
        cutter.add(record("a", 2));
        List<TextBatch> dropped = cutter.add(record("c", 1, 4));
        assertThat(dropped).hasSize(1);
        assertThat(dropped.get(0).source()).isEqualTo("b");
        assertThat(dropped.get(0).tokens()).containsExactly(3);
        assertThat(cutter.add(record("a", 3, 5)).get(0).tokens()).containsExactly(1, 2, 5);
    }

    @Test
    void goesOnFromASnapshotTakenAnywhere() {
        List<TokenizedText> records = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            records.add(record("source" + i * 5 % 4, i, LanguageFixtures.tokens(i, i % 5)));
        }
        for (int stop = 0; stop <= records.size(); stop++) {
            var straight = new TextBatchCutter(3, 5, 3);
            var first = new TextBatchCutter(3, 5, 3);
            var resumed = new TextBatchCutter(3, 5, 3);
            records.subList(0, stop).forEach(straight::add);
            records.subList(0, stop).forEach(first::add);
            resumed.restore(first.snapshot());
            for (TokenizedText record : records.subList(stop, records.size())) {
                assertThat(resumed.add(record))
                        .usingRecursiveComparison()
                        .isEqualTo(straight.add(record));
            }
            assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
        }
    }

    @Test
    void refusesASnapshotOfOtherSizes() {
        byte[] snapshot = new TextBatchCutter(3, 5, 2).snapshot();
        assertThatThrownBy(() -> new TextBatchCutter(4, 6, 2).restore(snapshot))
                .hasMessageContaining("segment 3");
        assertThatThrownBy(() -> new TextBatchCutter(3, 5, 2).restore(new byte[3]))
                .hasMessageContaining("cut short");
        assertThatThrownBy(() -> new TextBatchCutter(3, 3, 2)).hasMessageContaining("window 3");
    }

    /** Two sources, one that waits and one that has context: what v1 was saved from. */
    static byte[] savedState() {
        var cutter = new TextBatchCutter(3, 5, 2);
        cutter.add(record("waits", 4, 1, 2));
        cutter.add(record("went on", 5, 3, 4, 5));
        return cutter.snapshot();
    }

    @Test
    void readsAStateOfFormat1() {
        byte[] saved = Saved.bytes("v1/text-batch-cutter.gz");
        var cutter = new TextBatchCutter(3, 5, 2);
        cutter.restore(saved);
        assertThat(cutter.snapshot()).isEqualTo(saved);

        TextBatch waited = cutter.add(record("waits", 6, 7)).get(0);
        assertThat(waited.tokens()).containsExactly(1, 2, 7);
        assertThat(waited.context()).isEmpty();
        assertThat(waited.firstSequence()).isEqualTo(4);
        TextBatch wentOn = cutter.add(record("went on", 7, 8, 9, 10)).get(0);
        // Window 5 less 3 new: the two tokens before.
        assertThat(wentOn.context()).containsExactly(4, 5);
    }
}
