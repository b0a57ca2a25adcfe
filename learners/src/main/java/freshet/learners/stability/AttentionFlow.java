package freshet.learners.stability;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * How much of each input token could reach each output token, if attention with its residual
 * connection is the capacity of a pipe between two positions: the greatest flow from the output, in
 * the top layer, down to the input. Flatter than {@link AttentionRollout}, as only the narrowest
 * pipe on the way counts.
 *
 * <p>Source: as of {@link AttentionRollout}; greatest flow by Edmonds and Karp (1972). One such
 * problem for each pair of positions, each O(L n^2) for every path found: for probes, of at most
 * {@value #MAX_POSITIONS} positions.
 *
 * <p>The values of a row are each a greatest flow of its own, so they may sum to more than 1.
 */
public final class AttentionFlow {

    public static final int MAX_POSITIONS = 64;

    private static final int NONE = -1;

    private final int positions; // n
    private final double[][][] left; // [L, n, n] capacity left from i above to j below
    private final double[][][] sent; // [L, n, n] what may be taken back

    private AttentionFlow(double[][][] capacities) {
        positions = capacities[0].length;
        left = new double[capacities.length][positions][];
        sent = new double[capacities.length][positions][positions];
        for (int layer = 0; layer < capacities.length; layer++) {
            for (int i = 0; i < positions; i++) {
                left[layer][i] = capacities[layer][i].clone();
            }
        }
    }

    /**
     * Of every input for every output, {@code [n, n]}.
     *
     * @param layers {@code [L, n, n]} attention, the lowest first, at least one
     * @throws IllegalArgumentException if there are more than {@value #MAX_POSITIONS} positions, or
     *     see {@link AttentionRollout#withResidual}
     */
    public static double[][] of(double[][][] layers) {
        double[][] flow = new double[layers[0].length][];
        for (int position = 0; position < flow.length; position++) {
            flow[position] = row(layers, position);
        }
        return flow;
    }

    /** Of every input for one output, {@code [n]}: a row of {@link #of}. */
    public static double[] row(double[][][] layers, int position) {
        int positions = layers[0].length;
        if (positions > MAX_POSITIONS) {
            throw new IllegalArgumentException(
                    "attention flow of %d positions asked, at most %d"
                            .formatted(positions, MAX_POSITIONS));
        }
        double[][][] capacities = new double[layers.length][][];
        for (int layer = 0; layer < layers.length; layer++) {
            capacities[layer] = AttentionRollout.withResidual(layers[layer]);
        }
        double[] flow = new double[positions];
        for (int input = 0; input < positions; input++) {
            flow[input] = new AttentionFlow(capacities).greatest(position, input);
        }
        return flow;
    }

    /** The values divided by their sum. */
    public static double[] normalised(double[] row) {
        double sum = Arrays.stream(row).sum();
        return Arrays.stream(row).map(value -> value / sum).toArray();
    }

    /**
     * Sends along the shortest path with capacity left until there is none. Each round fills one
     * pipe exactly, so rounding cannot keep it from ending.
     */
    private double greatest(int output, int input) {
        int source = left.length * positions + output;
        double total = 0;
        int[] from = path(source, input);
        while (from[input] != NONE) {
            double amount = Double.POSITIVE_INFINITY;
            for (int node = input; node != source; node = from[node]) {
                amount = Math.min(amount, capacity(from[node], node));
            }
            for (int node = input; node != source; node = from[node]) {
                send(from[node], node, amount);
            }
            total += amount;
            from = path(source, input);
        }
        return total;
    }

    /**
     * Shortest path by breadth. Node {@code layer n + position}; the inputs are layer 0.
     *
     * @return the node before each on its path; {@link #NONE} where none leads
     */
    private int[] path(int source, int target) {
        int[] from = new int[(left.length + 1) * positions];
        Arrays.fill(from, NONE);
        from[source] = source;
        var waiting = new ArrayDeque<Integer>();
        waiting.add(source);
        while (!waiting.isEmpty() && from[target] == NONE) {
            int node = waiting.remove();
            int layer = node / positions;
            for (int next : new int[] {layer - 1, layer + 1}) {
                for (int i = 0; i < positions && next >= 0 && next <= left.length; i++) {
                    int other = next * positions + i;
                    if (from[other] == NONE && capacity(node, other) > 0) {
                        from[other] = node;
                        waiting.add(other);
                    }
                }
            }
        }
        return from;
    }

    private double capacity(int node, int other) {
        return node / positions > other / positions
                ? left[other / positions][node % positions][other % positions]
                : sent[node / positions][other % positions][node % positions];
    }

    private void send(int node, int other, double amount) {
        boolean down = node / positions > other / positions;
        int layer = Math.min(node, other) / positions;
        int above = (down ? node : other) % positions;
        int below = (down ? other : node) % positions;
        left[layer][above][below] += down ? -amount : amount;
        sent[layer][above][below] += down ? amount : -amount;
    }
}
