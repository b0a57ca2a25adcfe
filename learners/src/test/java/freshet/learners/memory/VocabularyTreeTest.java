package freshet.learners.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VocabularyTreeTest {

    @Test
    void givesFrequentTokensTheShortPathsOfHuffman() {
        VocabularyTree tree =
                VocabularyTree.build(
                        ofOneKind("a", "b", "c", "d", "e"), new long[] {100, 50, 20, 10, 5});

        assertThat(tree.path(0)).hasSize(1);
        assertThat(tree.path(1)).hasSize(2);
        assertThat(tree.path(2)).hasSize(3);
        assertThat(tree.path(3)).hasSize(4);
        assertThat(tree.path(4)).hasSize(4);
    }

    /** Tokens that the decisions before Huffman's, on kind and first letters, do not tell apart. */
    private static byte[][] ofOneKind(String... endings) {
        return Stream.of(endings)
                .map(ending -> ("th" + ending).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    @Test
    void everyPathNarrowsTheRangeOfLeavesToItsToken() {
        VocabularyTree tree = Texts.tree(257);

        boolean[] taken = new boolean[257];
        for (int token = 0; token < 257; token++) {
            int leaf = tree.leaf(token);
            assertThat(tree.token(leaf)).isEqualTo(token);
            assertThat(taken[leaf]).isFalse();
            taken[leaf] = true;
            int lo = 0;
            int hi = 257;
            for (int step : tree.path(token)) {
                int node = step >> 1;
                assertThat(tree.lo(node)).isEqualTo(lo);
                assertThat(tree.hi(node)).isEqualTo(hi);
                if ((step & 1) == 1) {
                    lo = tree.mid(node);
                } else {
                    hi = tree.mid(node);
                }
            }
            assertThat(lo).isEqualTo(leaf);
            assertThat(hi).isEqualTo(leaf + 1);
        }
    }

    @Test
    void listsTheNodesOfSeveralTokensOnceParentsFirst() {
        VocabularyTree tree = Texts.tree(64);

        int[] nodes = tree.nodes(new int[] {3, 9, 3, 40});

        assertThat(nodes).doesNotHaveDuplicates().isSorted().startsWith(0);
        for (int token : new int[] {3, 9, 40}) {
            for (int step : tree.path(token)) {
                assertThat(nodes).contains(step >> 1);
            }
        }
    }

    @Test
    void foldsCaseAndLeadingSpaceAndKnowsLineEnds() {
        byte[][] entries = {bytes("the"), bytes("\n"), bytes(" The"), bytes(" "), bytes(" the")};
        VocabularyTree tree = VocabularyTree.zipf(entries);

        assertThat(tree.canonical(2)).isZero();
        assertThat(tree.canonical(4)).isZero();
        assertThat(tree.canonical(3)).isEqualTo(3);
        assertThat(tree.breaksLine(1)).isTrue();
        assertThat(tree.breaksLine(3)).isFalse();
        assertThat(tree.length(2)).isEqualTo(4);
    }

    @Test
    void refusesCountsThatDoNotFitTheEntries() {
        assertThatThrownBy(() -> VocabularyTree.build(Texts.entries(4), new long[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 counts for 4 tokens");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
