package freshet.learners.memory;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Turns what the experts say of one decision into logits for the mixer. What an expert's state
 * means in probability (three of three seen to the right: how sure is that?) is itself learned, in
 * adaptive maps from state to probability shared by all lines.
 *
 * <p>Inputs stand in the order: nearest neighbours, language model, bias, contexts; so each line
 * reads one range. An expert with nothing to say gives 0.
 */
final class DecisionInputs {

    static final int NEIGHBOURS = 0;
    static final int MODEL = NEIGHBOURS + 6;
    static final int BIAS = MODEL + 2;
    static final int DENSE = BIAS + 1;
    static final int SPARSE = DENSE + 3 * ContextHashes.DENSE;
    static final int MATCH = SPARSE + 2 * ContextHashes.SPARSE;
    static final int COUNT = MATCH + 2;

    private static final float[] SCALES = {0.3f, 1, 3};
    private static final int[] COUNT_CLASS = new int[64];

    static {
        for (int n = 0; n < COUNT_CLASS.length; n++) {
            COUNT_CLASS[n] = n < 4 ? n : n < 6 ? 4 : n < 10 ? 5 : n < 20 ? 6 : 7;
        }
    }

    private static final int HISTORY_MAP = 0;
    private static final int SLOW_MAP = HISTORY_MAP + ContextHashes.DENSE * 256;
    private static final int SPARSE_MAP = SLOW_MAP + ContextHashes.DENSE * 24 * 33;
    private static final int MATCH_MAP = SPARSE_MAP + ContextHashes.SPARSE * 512;
    private static final int MODEL_MAP = MATCH_MAP + (ContextHashes.CHAIN + 1) * 64;
    private static final int NEIGHBOUR_MAP = MODEL_MAP + 24 * 33;
    private static final int MAPS = NEIGHBOUR_MAP + 12 * 33;

    /** A map's first steps are larger: 1 / (8 + times used). */
    private static final float[] RATE = new float[128];

    static {
        for (int n = 0; n < RATE.length; n++) {
            RATE[n] = 1f / (8 + n);
        }
    }

    /** Bytes that {@link #write} takes. */
    static final int STATE_BYTES = MAPS * (Float.BYTES + 1) + Float.BYTES;

    /** Inputs of the decision last prepared. */
    final float[] x = new float[COUNT];

    /** Number of links of the chain that had an entry: how far back the text matches. */
    int longest;

    /** Class of the nearest neighbour's distance, 11 if there is none. */
    int distanceClass = 11;

    /** Token the longest match expects, -1 if there is none, and how often it was right. */
    int expected;

    int expectedCount;

    /** 0: the longest match says nothing of this decision, 1: left, 2: right. */
    int expectedSide;

    private final VocabularyTree tree;
    private final SparseSlot sparseSlot;
    private final float[] maps = new float[MAPS];
    private final byte[] seen = new byte[MAPS];
    private final int[] touched = new int[64];
    private int touchedCount;
    private int flipped;

    private final int[] neighbourLeaf = new int[1024];
    private final float[][] neighbourWeight = new float[SCALES.length][1024];
    private int neighbours;
    private float medianDistance;
    private float nearest;
    private boolean hasNeighbours;

    DecisionInputs(VocabularyTree tree) {
        this.tree = tree;
        this.sparseSlot = new SparseSlot(tree.size());
        for (int c = 0; c < ContextHashes.DENSE; c++) {
            for (int h = 1; h < 256; h++) {
                int length = 31 - Integer.numberOfLeadingZeros(h);
                int ones = Integer.bitCount(h) - 1;
                maps[HISTORY_MAP + c * 256 + h] = (ones + 0.4f) / (length + 0.8f);
            }
        }
        for (int i = SLOW_MAP; i < SPARSE_MAP; i++) {
            maps[i] = Logits.squash(((i - SLOW_MAP) % 33 - 16) * 0.5f);
        }
        for (int i = 0; i < MATCH_MAP - SPARSE_MAP; i++) {
            int left = i & 7;
            int right = i >> 3 & 7;
            maps[SPARSE_MAP + i] = (right + 0.4f) / (left + right + 0.8f);
        }
        Arrays.fill(maps, MATCH_MAP, MODEL_MAP, 0.75f);
        for (int i = MODEL_MAP; i < MAPS; i++) {
            maps[i] = Logits.squash(((i - MODEL_MAP) % 33 - 16) * 0.5f);
        }
    }

    /** Takes up the row of a token: what does not depend on the decision. */
    void row(ContextAnswer contexts, int row, NeighbourLists lists) {
        longest = 0;
        expected = -1;
        expectedCount = 0;
        if (contexts != null) {
            for (int link = 0; link < ContextHashes.CHAIN; link++) {
                long slot = contexts.sparse[row * ContextHashes.SPARSE + link];
                if (slot != 0) {
                    longest = link + 1;
                    expected = tree.leaf(sparseSlot.token(slot, 0));
                    expectedCount = sparseSlot.count(slot, 0);
                }
            }
        }
        neighbours = 0;
        distanceClass = 11;
        hasNeighbours = false;
        if (lists != null) {
            takeNeighbours(lists, row);
        }
    }

    private void takeNeighbours(NeighbourLists lists, int row) {
        int base = row * lists.k();
        float median = medianDistance;
        for (int i = base; i < base + lists.k() && neighbours < 1024; i++) {
            if (lists.tokens()[i] < 0) {
                continue;
            }
            float distance = lists.squaredDistances()[i];
            if (neighbours == 0) {
                nearest = distance;
                hasNeighbours = true;
                median = median == 0 ? firstMedian() : median;
            }
            neighbourLeaf[neighbours] = tree.leaf(lists.tokens()[i]);
            for (int s = 0; s < SCALES.length; s++) {
                neighbourWeight[s][neighbours] =
                        NeighbourKernel.weight(distance, nearest, median * SCALES[s]);
            }
            neighbours++;
        }
        if (hasNeighbours) {
            double log2 = StrictMath.log(nearest / median + 1e-3) / 0.6931471805599453;
            distanceClass = (int) Math.max(0, Math.min(10, 2 * log2 + 6));
        }
    }

    boolean hasNeighbours() {
        return hasNeighbours;
    }

    private float firstMedian() {
        return Math.max(1e-6f, nearest);
    }

    /** Moves the running median of the nearest distance: up or down by a small factor. */
    void learnRow() {
        if (hasNeighbours) {
            medianDistance = medianDistance == 0 ? firstMedian() : medianDistance;
            medianDistance *= nearest > medianDistance ? 1.005f : 1 / 1.005f;
        }
    }

    /**
     * Prepares the inputs of one decision.
     *
     * @param at the node's place in the answer, in units of nodes
     * @param modelRight the language model's probability of the right branch, or NaN
     */
    void decision(int node, int depth, ContextAnswer contexts, int row, int at, float modelRight) {
        touchedCount = 0;
        flipped = -1;
        expectedSide = 0;
        Arrays.fill(x, 0);
        x[BIAS] = 0.3f;
        if (neighbours > 0) {
            neighbours(node);
        }
        if (!Float.isNaN(modelRight)) {
            x[MODEL] = Logits.stretchExactly(modelRight);
            int q = quantised(x[MODEL]);
            x[MODEL + 1] = mapped(MODEL_MAP + Math.min(23, depth) * 33 + q);
        }
        if (contexts != null) {
            for (int c = 0; c < ContextHashes.DENSE; c++) {
                long slot = contexts.dense[at * ContextHashes.DENSE + c];
                if (slot != 0) {
                    dense(c, slot);
                }
            }
            for (int c = 0; c < ContextHashes.SPARSE; c++) {
                long slot = contexts.sparse[row * ContextHashes.SPARSE + c];
                if (slot != 0) {
                    sparse(c, slot, node);
                }
            }
            match(node);
        }
    }

    private void dense(int c, long slot) {
        int count = DenseSlot.count(slot);
        float slow = Logits.stretch(DenseSlot.slow(slot));
        int countClass =
                count < 16 ? count : Math.min(23, 12 + 31 - Integer.numberOfLeadingZeros(count));
        int to = DENSE + 3 * c;
        x[to] = mapped(SLOW_MAP + (c * 24 + countClass) * 33 + quantised(slow));
        x[to + 1] = mapped(HISTORY_MAP + c * 256 + DenseSlot.history(slot));
        x[to + 2] = slow * 0.25f * (count > 4 ? 1 : count * 0.25f);
    }

    private void sparse(int c, long slot, int node) {
        int lo = tree.lo(node);
        int mid = tree.mid(node);
        int hi = tree.hi(node);
        int left = 0;
        int right = 0;
        int newest = -1;
        for (int place = 0; place < 3; place++) {
            int count = sparseSlot.count(slot, place);
            int leaf = tree.leaf(sparseSlot.token(slot, place));
            if (count > 0 && leaf >= lo && leaf < hi) {
                if (newest < 0) {
                    newest = 2 * (leaf >= mid ? 1 : 0) + (place == 0 ? 1 : 0);
                }
                if (leaf >= mid) {
                    right += count;
                } else {
                    left += count;
                }
            }
        }
        if (newest >= 0) {
            int state =
                    COUNT_CLASS[Math.min(63, left)]
                            | COUNT_CLASS[Math.min(63, right)] << 3
                            | newest << 6
                            | (sparseSlot.count(slot, 1) > 0 ? 256 : 0);
            int to = SPARSE + 2 * c;
            x[to] = mapped(SPARSE_MAP + c * 512 + state);
            x[to + 1] = (right - left) / (right + left + 0.5f);
        }
    }

    private void match(int node) {
        if (expected >= tree.lo(node) && expected < tree.hi(node)) {
            boolean right = expected >= tree.mid(node);
            expectedSide = right ? 2 : 1;
            flipped = right ? -1 : touchedCount;
            float z = mapped(MATCH_MAP + longest * 64 + Math.min(63, expectedCount));
            x[MATCH] = right ? z : -z;
            x[MATCH + 1] = (right ? 0.2f : -0.2f) * longest;
        }
    }

    private void neighbours(int node) {
        int lo = tree.lo(node);
        int mid = tree.mid(node);
        int hi = tree.hi(node);
        int inside = 0;
        float[] all = new float[SCALES.length];
        float[] right = new float[SCALES.length];
        for (int i = 0; i < neighbours; i++) {
            int leaf = neighbourLeaf[i];
            if (leaf >= lo && leaf < hi) {
                inside++;
                for (int s = 0; s < SCALES.length; s++) {
                    all[s] += neighbourWeight[s][i];
                    right[s] += leaf >= mid ? neighbourWeight[s][i] : 0;
                }
            }
        }
        if (inside == 0) {
            return;
        }
        float sure = inside > 8 ? 1 : inside / 8f;
        for (int s = 0; s < SCALES.length; s++) {
            float p = (right[s] + 0.02f) / (all[s] + 0.04f);
            float z = Logits.stretchExactly(p);
            x[NEIGHBOURS + 2 * s] = z;
            x[NEIGHBOURS + 2 * s + 1] =
                    s == 0
                            ? mapped(NEIGHBOUR_MAP + distanceClass * 33 + quantised(z))
                            : (2 * p - 1) * sure;
        }
    }

    private float mapped(int at) {
        touched[touchedCount++] = at;
        return Logits.stretch(maps[at]);
    }

    private static int quantised(float logit) {
        return (int) (Logits.clamp(logit * 2, -15.9f, 15.9f) + 16.5f);
    }

    /** Teaches the maps the outcome of the decision last prepared. */
    void learn(int bit) {
        for (int i = 0; i < touchedCount; i++) {
            int target = i == flipped ? 1 - bit : bit;
            int at = touched[i];
            maps[at] += (target - maps[at]) * RATE[seen[at]];
            seen[at] += seen[at] < Byte.MAX_VALUE ? (byte) 1 : 0;
        }
    }

    void write(ByteBuffer out) {
        LogisticLine.put(out, maps);
        out.put(seen).putFloat(medianDistance);
    }

    void read(ByteBuffer in) {
        LogisticLine.get(in, maps);
        in.get(seen);
        medianDistance = in.getFloat();
    }
}
