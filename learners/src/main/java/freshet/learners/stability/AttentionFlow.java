package freshet.learners.stability;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * How much of each input token could reach each output token, if attention with its residual
 * connection is the capacity of a pipe between two positions: the greatest flow from the output, in
 * the top layer, down to the input. Flatter than {@link AttentionRollout}, as only the narrowest
 * pipe on the way counts.
 *
 * <p>Source: as of {@link AttentionRollout}; greatest flow by Dinic (1970), where they take Edmonds
 * and Karp's, ten times slower and more. One such problem for each pair of positions: for probes,
 * of at most {@value #MAX_POSITIONS} positions. With two layers every path has a position of its
 * own in the middle, so that the flow is a sum of narrower pipes, O(n^2) for an output and of any
 * length.
 *
 * <p>The values of a row are each a greatest flow of its own, so they may sum to more than 1.
 */
public final class AttentionFlow {

    /** With three layers or more. */
    public static final int MAX_POSITIONS = 64;

    private static final int KNOWN_OUTRIGHT = 2; // layers

    private static final int NONE = -1;

    private final int positions; // n
    private final double[][][] left; // [L, n, n] capacity left from i above to j below
    private final double[][][] sent; // [L, n, n] what may be taken back

    private final int[] steps; // by node, from the source
    private final int[] tried; // by node, pipes that lead on no more

    private AttentionFlow(double[][][] capacities) {
        positions = capacities[0].length;
        left = new double[capacities.length][positions][];
        sent = new double[capacities.length][positions][positions];
        steps = new int[(capacities.length + 1) * positions];
        tried = new int[steps.length];
        for (int layer = 0; layer < capacities.length; layer++) {
            for (int i = 0; i < positions; i++) {
                left[layer][i] = capacities[layer][i].clone();
            }
        }
    }

    /** Whether the flow through so many layers is a mere sum. */
    public static boolean isKnownOutright(int layers) {
        return layers <= KNOWN_OUTRIGHT;
    }

    /** Whether a probe can afford so many layers over so many positions. */
    public static boolean isAffordable(int layers, int positions) {
        return isKnownOutright(layers) || positions <= MAX_POSITIONS;
    }

    /**
     * Of every input for every output, {@code [n, n]}.
     *
     * @param layers {@code [L, n, n]} attention, the lowest first, at least one
     * @throws IllegalArgumentException if it is not {@link #isAffordable}, or see {@link
     *     AttentionRollout#withResidual}
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
        if (!isAffordable(layers.length, positions)) {
            throw new IllegalArgumentException(
                    "attention flow of %d layers over %d positions asked, at most %d"
                            .formatted(layers.length, positions, MAX_POSITIONS));
        }
        double[][][] capacities = new double[layers.length][][];
        for (int layer = 0; layer < layers.length; layer++) {
            capacities[layer] = AttentionRollout.withResidual(layers[layer]);
        }
        return isKnownOutright(layers.length)
                ? outright(capacities, position)
                : byPaths(capacities, position);
    }

    private static double[] outright(double[][][] capacities, int position) {
        double[] top = capacities[capacities.length - 1][position];
        if (capacities.length == 1) {
            return top.clone();
        }
        double[] flow = new double[top.length];
        for (int middle = 0; middle < top.length; middle++) {
            for (int input = 0; input < top.length; input++) {
                flow[input] += Math.min(top[middle], capacities[0][middle][input]);
            }
        }
        return flow;
    }

    /** The same for any number of layers, one greatest flow after the other. */
    static double[] byPaths(double[][][] capacities, int position) {
        double[] flow = new double[capacities[0].length];
        for (int input = 0; input < flow.length; input++) {
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
     * Sends along shortest paths with capacity left until there is none. Each sending fills one
     * pipe exactly, so rounding cannot keep it from ending.
     */
    private double greatest(int output, int input) {
        int source = left.length * positions + output;
        double total = 0;
        while (reaches(source, input)) {
            Arrays.fill(tried, 0);
            double amount;
            do {
                amount = push(source, input, Double.POSITIVE_INFINITY);
                total += amount;
            } while (amount > 0);
        }
        return total;
    }

    /**
     * Counts the steps from the source to each node, by breadth, where there is capacity left. Node
     * {@code layer n + position}; the inputs are layer 0.
     */
    private boolean reaches(int source, int target) {
        Arrays.fill(steps, NONE);
        steps[source] = 0;
        var waiting = new ArrayDeque<Integer>();
        waiting.add(source);
        while (!waiting.isEmpty() && steps[target] == NONE) {
            int node = waiting.remove();
            for (int pipe = 0; pipe < 2 * positions; pipe++) {
                int other = other(node, pipe);
                if (other != NONE && steps[other] == NONE && capacity(node, other) > 0) {
                    steps[other] = steps[node] + 1;
                    waiting.add(other);
                }
            }
        }
        return steps[target] != NONE;
    }

    /** Sends what it can, up to a bound, along one shortest path; 0 if none is open any more. */
    private double push(int node, int target, double most) {
        if (node == target) {
            return most;
        }
        for (; tried[node] < 2 * positions; tried[node]++) {
            int other = other(node, tried[node]);
            if (other != NONE && steps[other] == steps[node] + 1 && capacity(node, other) > 0) {
                double sending = push(other, target, Math.min(most, capacity(node, other)));
                if (sending > 0) {
                    send(node, other, sending);
                    return sending;
                }
            }
        }
        return 0;
    }

    /** Where a pipe leads: the first n down, the others back up; {@link #NONE} at the ends. */
    private int other(int node, int pipe) {
        int layer = node / positions + (pipe < positions ? -1 : 1);
        return layer < 0 || layer > left.length ? NONE : layer * positions + pipe % positions;
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
