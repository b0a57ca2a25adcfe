package freshet.learners.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.language.ScoredText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ModelPathTest {

    private static final int SIZE = 50;
    private final VocabularyTree tree = Texts.tree(SIZE);
    private final int[] tokens = {4, 49, 0, 17};
    private final int[] candidates = {3, 30};

    @Test
    void theDecisionsOfAPathMultiplyToTheTokensProbability() {
        ScoredText scored = scored(tree.size(), tokens.length + 1, 3);
        ModelPath path = ModelPath.of(tree, scored, tokens, candidates);

        for (int row = 0; row < tokens.length; row++) {
            double p = 1;
            int[] steps = tree.path(tokens[row]);
            for (int i = 0; i < steps.length; i++) {
                double right = path.right()[row][i];
                p *= (steps[i] & 1) == 1 ? right : 1 - right;
            }
            double expected = scored.logProbabilities()[row * SIZE + tokens[row]];
            assertThat(path.logProbabilities()[row]).isEqualTo(expected);
            assertThat(Math.log(p)).isCloseTo(expected, within(1e-4));
        }
        assertThat(path.candidateLogProbabilities()[1])
                .isEqualTo(scored.logProbabilities()[4 * SIZE + 30]);
        assertThat(path.right()[4]).hasSize(tree.nodes(candidates).length);
    }

    @Test
    void survivesTheWire() throws IOException {
        ModelPath path = ModelPath.of(tree, scored(SIZE, tokens.length + 1, 3), tokens, candidates);
        var bytes = new ByteArrayOutputStream();
        path.write(new DataOutputStream(bytes));

        var in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(ModelPath.read(in)).usingRecursiveComparison().isEqualTo(path);
    }

    @Test
    void refusesRowsThatDoNotScoreTheTokens() {
        assertThatThrownBy(() -> ModelPath.of(tree, scored(SIZE, 3, 3), tokens, candidates))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 rows");
    }

    /** Random rows that sum to 1. */
    static ScoredText scored(int size, int rows, long seed) {
        var random = new Random(seed);
        float[] log = new float[rows * size];
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = 0; i < size; i++) {
                log[row * size + i] = (float) (2 * random.nextGaussian());
                sum += Math.exp(log[row * size + i]);
            }
            for (int i = 0; i < size; i++) {
                log[row * size + i] -= (float) Math.log(sum);
            }
        }
        return new ScoredText(rows, log, new float[rows]);
    }
}
