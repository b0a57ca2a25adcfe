package freshet.learners.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContextShardTest {

    private static final int SIZE = 200;
    private static final int[] CANDIDATES = {1, 5, 150};
    private final VocabularyTree tree = Texts.tree(SIZE);
    private final int[] text = Texts.phrases(SIZE, 3000, 7);

    @Test
    void eightShardsTogetherAnswerAsOne() {
        assertThat(answers(8)).isEqualTo(answers(1));
        assertThat(answers(7)).isEqualTo(answers(1));
    }

    @Test
    void everyShardHoldsSomethingAndNoneHoldsAll() {
        int whole = known(answers(1).get(99));
        for (int i = 0; i < 8; i++) {
            int known = known(answersOf(new ContextShard(i, 8, 22, tree)).get(99));
            assertThat(known).isPositive().isLessThan(whole / 2);
        }
    }

    @Test
    void howTheStreamIsCutIntoRecordsChangesNothing() {
        var byThirty = new ContextShard(0, 1, 20, tree);
        var byOne = new ContextShard(0, 1, 20, tree);
        for (int from = 0; from < 900; from += 30) {
            byThirty.answerThenInsert(Texts.record(text, from, from + 30, CANDIDATES, true));
        }
        for (int from = 0; from < 900; from++) {
            byOne.answerThenInsert(Texts.record(text, from, from + 1, CANDIDATES, true));
        }

        assertThat(Pages.contents(byOne.changedPages()))
                .isEqualTo(Pages.contents(byThirty.changedPages()));
    }

    @Test
    void aTokenIsAnsweredBeforeItIsMemorised() {
        var shard = new ContextShard(0, 1, 20, tree);

        ContextAnswer first = shard.answerThenInsert(Texts.record(text, 40, 41, CANDIDATES, true));
        ContextAnswer second = shard.answerThenInsert(Texts.record(text, 40, 41, CANDIDATES, true));

        assertThat(IntStream.range(0, first.start[1] * ContextHashes.DENSE))
                .allMatch(i -> first.dense[i] == 0);
        assertThat(IntStream.range(0, second.start[1] * ContextHashes.DENSE))
                .allMatch(i -> DenseSlot.count(second.dense[i]) == 1);
    }

    @Test
    void memorisesNothingWhenToldNotTo() {
        var shard = new ContextShard(0, 1, 20, tree);

        shard.answerThenInsert(Texts.record(text, 0, 500, CANDIDATES, false));

        assertThat(shard.changedPages()).containsOnlyKeys(0);
    }

    @Test
    void continuesFromItsPagesAsIfItHadNotStopped() {
        var shard = new ContextShard(2, 5, 18, tree);
        var saved = new TreeMap<Integer, byte[]>();
        for (int from = 0; from < 1500; from += 50) {
            shard.answerThenInsert(Texts.record(text, from, from + 50, CANDIDATES, true));
            if (from % 500 == 0) {
                saved.putAll(shard.changedPages());
            }
        }
        saved.putAll(shard.changedPages());
        var restored = new ContextShard(2, 5, 18, tree);
        restored.restore(saved);

        for (int from = 1500; from < 3000; from += 50) {
            MemoryRecord next = Texts.record(text, from, from + 50, CANDIDATES, true);
            assertThat(restored.answerThenInsert(next)).isEqualTo(shard.answerThenInsert(next));
        }
        assertThat(Pages.contents(restored.changedPages()))
                .isEqualTo(Pages.contents(shard.changedPages()));
    }

    @Test
    void saysWhichPagesItCannotRestore() {
        var pages = new ContextShard(0, 2, 18, tree).changedPages();

        assertThatThrownBy(() -> new ContextShard(1, 2, 18, tree).restore(pages))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shard 1 of 2");
    }

    @Test
    void aFullTableForgetsRareContextsAndKeepsCommonOnes() {
        var tiny = new ContextShard(0, 1, 12, tree);
        for (int from = 0; from < 3000; from += 50) {
            tiny.answerThenInsert(Texts.record(text, from, from + 50, CANDIDATES, true));
        }
        ContextAnswer answer =
                tiny.answerThenInsert(Texts.record(text, 50, 100, CANDIDATES, false));

        int root = answer.start[20] * ContextHashes.DENSE;
        assertThat(DenseSlot.count(answer.dense[root])).isEqualTo(255);
        assertThat(tiny.changedPages()).hasSize(2);
        assertThat(known(answer)).isLessThan(known(answers(1).get(1)) * 60);
    }

    @Test
    void answersSurviveTheWire() throws IOException {
        for (ContextAnswer answer : answersOf(new ContextShard(1, 3, 18, tree))) {
            var bytes = new ByteArrayOutputStream();
            answer.write(new DataOutputStream(bytes));
            var in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
            assertThat(ContextAnswer.read(in)).isEqualTo(answer);
            assertThat(in.available()).isZero();
        }
    }

    @Test
    void refusesToMergeAnswersToDifferentTexts() {
        List<ContextAnswer> answers = answers(1);

        assertThatThrownBy(() -> ContextAnswer.merge(List.of(answers.get(0), answers.get(1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private List<ContextAnswer> answers(int shards) {
        var parts = new ArrayList<List<ContextAnswer>>();
        for (int i = 0; i < shards; i++) {
            parts.add(answersOf(new ContextShard(i, shards, 22, tree)));
        }
        return IntStream.range(0, parts.get(0).size())
                .mapToObj(r -> ContextAnswer.merge(parts.stream().map(p -> p.get(r)).toList()))
                .toList();
    }

    private List<ContextAnswer> answersOf(ContextShard shard) {
        var answers = new ArrayList<ContextAnswer>();
        for (int from = 0; from < 3000; from += 30) {
            answers.add(
                    shard.answerThenInsert(Texts.record(text, from, from + 30, CANDIDATES, true)));
        }
        return answers;
    }

    private static int known(ContextAnswer answer) {
        return (int)
                        IntStream.range(0, answer.dense.length)
                                .filter(i -> answer.dense[i] != 0)
                                .count()
                + (int)
                        IntStream.range(0, answer.sparse.length)
                                .filter(i -> answer.sparse[i] != 0)
                                .count();
    }
}
