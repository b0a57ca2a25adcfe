package freshet.learners.memory;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * What the hashed contexts of one shard, or of all of them, knew of each position of a text before
 * its token was memorised.
 *
 * <p>Row i &lt; n asks for the nodes along token i's path, row n for those of the candidates. A
 * dense context answers one slot a node, a sparse context one slot a row; a slot is 0 where nothing
 * is known or another shard owns the context. Layouts of the slots: {@link DenseSlot}, {@link
 * SparseSlot}.
 */
public final class ContextAnswer {

    final int rows;

    /** {@code [rows + 1]} first node of each row in {@link #dense}. */
    final int[] start;

    /** {@code [nodes of all rows, DENSE]}. */
    final long[] dense;

    /** {@code [rows, SPARSE]}. */
    final long[] sparse;

    ContextAnswer(int[] start) {
        this.rows = start.length - 1;
        this.start = start;
        this.dense = new long[start[rows] * ContextHashes.DENSE];
        this.sparse = new long[rows * ContextHashes.SPARSE];
    }

    static ContextAnswer empty(VocabularyTree tree, int[] tokens, int[] candidates) {
        int[] start = new int[tokens.length + 2];
        for (int i = 0; i < tokens.length; i++) {
            start[i + 1] = start[i] + tree.path(tokens[i]).length;
        }
        start[tokens.length + 1] = start[tokens.length] + tree.nodes(candidates).length;
        return new ContextAnswer(start);
    }

    /** Writes the contexts that know something, six bytes a slot. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(rows);
        for (int row = 0; row < rows; row++) {
            int nodes = start[row + 1] - start[row];
            out.writeShort(nodes);
            int known = 0;
            for (int c = 0; c < ContextHashes.DENSE; c++) {
                for (int n = 0; n < nodes; n++) {
                    known |= dense[(start[row] + n) * ContextHashes.DENSE + c] != 0 ? 1 << c : 0;
                }
            }
            for (int c = 0; c < ContextHashes.SPARSE; c++) {
                boolean has = sparse[row * ContextHashes.SPARSE + c] != 0;
                known |= has ? 1 << (ContextHashes.DENSE + c) : 0;
            }
            out.writeInt(known);
            for (int c = 0; c < ContextHashes.DENSE; c++) {
                for (int n = 0; n < nodes && (known >> c & 1) != 0; n++) {
                    writeSlot(dense[(start[row] + n) * ContextHashes.DENSE + c], out);
                }
            }
            for (int c = 0; c < ContextHashes.SPARSE; c++) {
                if ((known >> (ContextHashes.DENSE + c) & 1) != 0) {
                    writeSlot(sparse[row * ContextHashes.SPARSE + c], out);
                }
            }
        }
    }

    public static ContextAnswer read(DataInput in) throws IOException {
        int rows = in.readInt();
        int[] start = new int[rows + 1];
        long[][] dense = new long[rows][];
        long[] sparse = new long[rows * ContextHashes.SPARSE];
        for (int row = 0; row < rows; row++) {
            int nodes = in.readUnsignedShort();
            start[row + 1] = start[row] + nodes;
            dense[row] = new long[nodes * ContextHashes.DENSE];
            int known = in.readInt();
            for (int c = 0; c < ContextHashes.DENSE; c++) {
                for (int n = 0; n < nodes && (known >> c & 1) != 0; n++) {
                    dense[row][n * ContextHashes.DENSE + c] = readSlot(in);
                }
            }
            for (int c = 0; c < ContextHashes.SPARSE; c++) {
                if ((known >> (ContextHashes.DENSE + c) & 1) != 0) {
                    sparse[row * ContextHashes.SPARSE + c] = readSlot(in);
                }
            }
        }
        var answer = new ContextAnswer(start);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(
                    dense[row],
                    0,
                    answer.dense,
                    start[row] * ContextHashes.DENSE,
                    dense[row].length);
        }
        System.arraycopy(sparse, 0, answer.sparse, 0, sparse.length);
        return answer;
    }

    /**
     * Joins the answers of all shards to one text. A context has one owner, so this loses nothing.
     *
     * @throws IllegalArgumentException if the answers are to different texts
     */
    public static ContextAnswer merge(List<ContextAnswer> answers) {
        var merged = new ContextAnswer(answers.get(0).start);
        for (ContextAnswer answer : answers) {
            if (!Arrays.equals(answer.start, merged.start)) {
                throw new IllegalArgumentException("answers to different texts cannot be merged");
            }
            for (int i = 0; i < merged.dense.length; i++) {
                merged.dense[i] |= answer.dense[i];
            }
            for (int i = 0; i < merged.sparse.length; i++) {
                merged.sparse[i] |= answer.sparse[i];
            }
        }
        return merged;
    }

    private static void writeSlot(long slot, DataOutput out) throws IOException {
        out.writeShort((int) (slot >>> 32));
        out.writeInt((int) slot);
    }

    private static long readSlot(DataInput in) throws IOException {
        long high = in.readUnsignedShort();
        return high << 32 | Integer.toUnsignedLong(in.readInt());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContextAnswer that
                && Arrays.equals(start, that.start)
                && Arrays.equals(dense, that.dense)
                && Arrays.equals(sparse, that.sparse);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(dense) + Arrays.hashCode(sparse);
    }
}
