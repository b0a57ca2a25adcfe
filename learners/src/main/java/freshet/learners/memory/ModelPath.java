package freshet.learners.memory;

import freshet.learners.language.ScoredText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What the mixer needs of a language model's answer: instead of V log-probabilities a row, the
 * probability of the right branch at the nodes it will ask for. Made where the full rows are.
 *
 * @param right {@code [n + 1][]}: row i &lt; n holds P(right | node) along token i's path, row n
 *     the same at {@link VocabularyTree#nodes} of the candidates
 * @param logProbabilities {@code [n]} the model's natural log-probability of each token
 * @param candidateLogProbabilities {@code [m]} that of each candidate to follow the text
 */
public record ModelPath(
        float[][] right, double[] logProbabilities, double[] candidateLogProbabilities) {

    /**
     * Collapses {@code scored} to the paths of {@code tokens} and, in its last row, of the
     * candidates.
     */
    public static ModelPath of(
            VocabularyTree tree, ScoredText scored, int[] tokens, int[] candidates) {
        int size = tree.size();
        if (scored.rows() != tokens.length + 1
                || scored.logProbabilities().length != scored.rows() * size) {
            throw new IllegalArgumentException(
                    "%d rows with %d log-probabilities do not score %d tokens out of %d"
                            .formatted(
                                    scored.rows(),
                                    scored.logProbabilities().length,
                                    tokens.length,
                                    size));
        }
        float[][] right = new float[tokens.length + 1][];
        double[] logProbabilities = new double[tokens.length];
        double[] candidateLogProbabilities = new double[candidates.length];
        double[] below = new double[size + 1];
        for (int row = 0; row <= tokens.length; row++) {
            int base = row * size;
            for (int leaf = 0; leaf < size; leaf++) {
                double p = StrictMath.exp(scored.logProbabilities()[base + tree.token(leaf)]);
                below[leaf + 1] = below[leaf] + p;
            }
            if (row < tokens.length) {
                int[] path = tree.path(tokens[row]);
                right[row] = new float[path.length];
                for (int i = 0; i < path.length; i++) {
                    right[row][i] = right(tree, below, path[i] >> 1);
                }
                logProbabilities[row] = scored.logProbabilities()[base + tokens[row]];
            } else {
                int[] nodes = tree.nodes(candidates);
                right[row] = new float[nodes.length];
                for (int i = 0; i < nodes.length; i++) {
                    right[row][i] = right(tree, below, nodes[i]);
                }
                for (int i = 0; i < candidates.length; i++) {
                    candidateLogProbabilities[i] = scored.logProbabilities()[base + candidates[i]];
                }
            }
        }
        return new ModelPath(right, logProbabilities, candidateLogProbabilities);
    }

    private static float right(VocabularyTree tree, double[] below, int node) {
        double all = below[tree.hi(node)] - below[tree.lo(node)];
        double right = below[tree.hi(node)] - below[tree.mid(node)];
        return all > 0 ? (float) (right / all) : 0.5f;
    }

    public byte[] toBytes() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static ModelPath fromBytes(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void write(DataOutput out) throws IOException {
        out.writeInt(logProbabilities.length);
        for (float[] row : right) {
            out.writeShort(row.length);
            for (float p : row) {
                out.writeFloat(p);
            }
        }
        writeDoubles(logProbabilities, out);
        out.writeInt(candidateLogProbabilities.length);
        writeDoubles(candidateLogProbabilities, out);
    }

    public static ModelPath read(DataInput in) throws IOException {
        int tokens = in.readInt();
        float[][] right = new float[tokens + 1][];
        for (int row = 0; row <= tokens; row++) {
            right[row] = new float[in.readUnsignedShort()];
            for (int i = 0; i < right[row].length; i++) {
                right[row][i] = in.readFloat();
            }
        }
        double[] logProbabilities = readDoubles(tokens, in);
        return new ModelPath(right, logProbabilities, readDoubles(in.readInt(), in));
    }

    private static void writeDoubles(double[] values, DataOutput out) throws IOException {
        for (double value : values) {
            out.writeDouble(value);
        }
    }

    private static double[] readDoubles(int count, DataInput in) throws IOException {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.readDouble();
        }
        return values;
    }
}
