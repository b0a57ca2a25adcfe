package freshet.learners.memory;

import java.nio.ByteBuffer;

/**
 * One logistic mixture of expert logits: several weight sets, each chosen by its own selector,
 * mixed once more by a small final set, then corrected by adaptive probability maps.
 *
 * <p>Source: M. Mahoney, "Adaptive weighing of context models for lossless data compression",
 * Florida Tech. Technical Report CS-2005-16 (the PAQ mixer); the maps are its "APM" stages.
 */
final class LogisticLine {

    private static final float LOGIT_LIMIT = 11;
    private static final int MAP_POINTS = 33;
    private static final float MIN_PROBABILITY = 1f / 65536;

    private final int from;
    private final int inputs;
    private final int[] sizes;
    private final float[][] weights;
    private final float[] finalWeights;
    private final float[][] maps;
    private final float[] firstWeights;
    private final float[] firstFinalWeight;
    private final float[] firstMap = new float[MAP_POINTS];
    private final ExpertMixer.Config config;

    private final int[] row;
    private final float[] logit;
    private final float[] probability;
    private final int[] mapAt;
    private final float[] mapShare;
    private int finalRow;
    private float mixed;

    /**
     * @param from first input this line reads
     * @param initial {@code [inputs]} weights it starts with
     * @param sizes number of values of each selector
     * @param finalRows number of values of the final selector
     * @param mapSizes number of contexts of each adaptive probability map
     */
    LogisticLine(
            int from,
            float[] initial,
            int[] sizes,
            int finalRows,
            int[] mapSizes,
            ExpertMixer.Config config) {
        this.from = from;
        this.inputs = initial.length;
        this.sizes = sizes.clone();
        this.config = config;
        this.firstWeights = initial.clone();
        this.firstFinalWeight = new float[] {1f / sizes.length};
        for (int i = 0; i < MAP_POINTS; i++) {
            firstMap[i] = Logits.squash((i - 16) * 0.5f);
        }
        this.weights = new float[sizes.length][];
        for (int s = 0; s < sizes.length; s++) {
            weights[s] = repeated(firstWeights, sizes[s]);
        }
        this.finalWeights = repeated(firstFinalWeight, finalRows * sizes.length);
        this.maps = new float[mapSizes.length][];
        for (int m = 0; m < maps.length; m++) {
            maps[m] = repeated(firstMap, mapSizes[m]);
        }
        this.row = new int[sizes.length];
        this.logit = new float[sizes.length];
        this.probability = new float[sizes.length];
        this.mapAt = new int[maps.length];
        this.mapShare = new float[maps.length];
    }

    private static float[] repeated(float[] first, int times) {
        float[] all = new float[first.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(first, 0, all, i * first.length, first.length);
        }
        return all;
    }

    /**
     * Returns the probability of the right branch and remembers what {@link #learn} needs.
     *
     * @param x all inputs of the decision
     * @param selectors one value per weight set
     * @param finalSelector which final weights
     * @param mapContexts one value per adaptive probability map
     */
    double mix(float[] x, int[] selectors, int finalSelector, int[] mapContexts) {
        finalRow = finalSelector * sizes.length;
        float sum = 0;
        for (int s = 0; s < sizes.length; s++) {
            row[s] = selectors[s] * inputs;
            float z = dot(weights[s], row[s], x, from, inputs);
            logit[s] = Logits.clamp(z, -LOGIT_LIMIT, LOGIT_LIMIT);
            probability[s] = Logits.squash(logit[s]);
            sum += finalWeights[finalRow + s] * logit[s];
        }
        float z = Logits.clamp(sum, -LOGIT_LIMIT, LOGIT_LIMIT);
        mixed = Logits.squash(z);
        float at = Logits.clamp(z * 2, -15.99f, 15.99f) + 16;
        int below = (int) at;
        float share = at - below;
        float corrected = 0;
        for (int m = 0; m < maps.length; m++) {
            mapAt[m] = mapContexts[m] * MAP_POINTS + below;
            mapShare[m] = share;
            corrected += maps[m][mapAt[m]] * (1 - share) + maps[m][mapAt[m] + 1] * share;
        }
        float p =
                maps.length == 0
                        ? mixed
                        : mixed * (1 - config.mapWeight())
                                + corrected / maps.length * config.mapWeight();
        return Logits.clamp(p, MIN_PROBABILITY, 1 - MIN_PROBABILITY);
    }

    /** Learns the outcome of the decision last mixed. */
    void learn(float[] x, int bit, float rate) {
        for (int s = 0; s < sizes.length; s++) {
            float step = (bit - probability[s]) * rate;
            float[] w = weights[s];
            int at = row[s];
            for (int i = 0; i < inputs; i++) {
                w[at + i] += step * x[from + i];
            }
            finalWeights[finalRow + s] += (bit - mixed) * config.finalRate() * logit[s];
        }
        for (int m = 0; m < maps.length; m++) {
            float[] map = maps[m];
            int at = mapAt[m];
            float share = mapShare[m];
            map[at] += (bit - map[at]) * config.mapRate() * (1 - share);
            map[at + 1] += (bit - map[at + 1]) * config.mapRate() * share;
        }
    }

    /** What inputs {@code [first, end)} added to the logit last mixed, over all weight sets. */
    float contribution(float[] x, int first, int end) {
        float sum = 0;
        for (int s = 0; s < sizes.length; s++) {
            float part = dot(weights[s], row[s] + first - from, x, first, end - first);
            sum += finalWeights[finalRow + s] * part;
        }
        return sum;
    }

    private static float dot(float[] w, int at, float[] x, int from, int length) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 3 < length; i += 4) {
            a += w[at + i] * x[from + i];
            b += w[at + i + 1] * x[from + i + 1];
            c += w[at + i + 2] * x[from + i + 2];
            d += w[at + i + 3] * x[from + i + 3];
        }
        for (; i < length; i++) {
            a += w[at + i] * x[from + i];
        }
        return a + b + (c + d);
    }

    int stateBytes() {
        int bytes = ChangedFloats.bytes(finalWeights, firstFinalWeight);
        for (float[] w : weights) {
            bytes += ChangedFloats.bytes(w, firstWeights);
        }
        for (float[] m : maps) {
            bytes += ChangedFloats.bytes(m, firstMap);
        }
        return bytes;
    }

    void write(ByteBuffer out) {
        for (float[] w : weights) {
            ChangedFloats.write(out, w, firstWeights);
        }
        ChangedFloats.write(out, finalWeights, firstFinalWeight);
        for (float[] m : maps) {
            ChangedFloats.write(out, m, firstMap);
        }
    }

    void read(ByteBuffer in) {
        for (float[] w : weights) {
            ChangedFloats.read(in, w, firstWeights);
        }
        ChangedFloats.read(in, finalWeights, firstFinalWeight);
        for (float[] m : maps) {
            ChangedFloats.read(in, m, firstMap);
        }
    }

    /** Reads what format 3 of the mixer wrote: every value. */
    void readAll(ByteBuffer in) {
        for (float[] w : weights) {
            get(in, w);
        }
        get(in, finalWeights);
        for (float[] m : maps) {
            get(in, m);
        }
    }

    static void put(ByteBuffer out, float[] values) {
        out.asFloatBuffer().put(values);
        out.position(out.position() + values.length * Float.BYTES);
    }

    static void get(ByteBuffer in, float[] values) {
        in.asFloatBuffer().get(values);
        in.position(in.position() + values.length * Float.BYTES);
    }
}
