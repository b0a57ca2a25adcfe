package freshet.learners.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/** Every operation of the vocabulary on small arguments, with its definition in plain Java. */
final class OperationCases {

    private static final long[] M23 = {2, 3};

    private OperationCases() {}

    static Stream<OperationCase> all() {
        return Stream.of(make(), pairs(), singles(), products(), shapes(), reductions(), lookUps())
                .flatMap(List::stream);
    }

    private static List<OperationCase> make() {
        return List.of(
                OperationCase.of(
                                "constant",
                                (ops, a, i) -> ops.constant(new float[] {1, -2, 3}, 3),
                                a -> new double[] {1, -2, 3},
                                M23)
                        .withoutGradient(),
                OperationCase.of(
                                "scalar",
                                (ops, a, i) -> ops.scalar(2.5),
                                a -> new double[] {2.5},
                                M23)
                        .withoutGradient(),
                OperationCase.of("zeros", (ops, a, i) -> ops.zeros(2, 2), a -> new double[4], M23)
                        .withoutGradient());
    }

    private static List<OperationCase> pairs() {
        return List.of(
                pair("add", (ops, a, i) -> ops.add(a[0], a[1]), (x, y) -> x + y),
                pair("subtract", (ops, a, i) -> ops.subtract(a[0], a[1]), (x, y) -> x - y),
                pair("multiply", (ops, a, i) -> ops.multiply(a[0], a[1]), (x, y) -> x * y),
                pair("divide", (ops, a, i) -> ops.divide(a[0], a[1]), (x, y) -> x / y).from(0.5, 2),
                pair("minimum", (ops, a, i) -> ops.minimum(a[0], a[1]), Math::min),
                pair("maximum", (ops, a, i) -> ops.maximum(a[0], a[1]), Math::max),
                pair("greater", (ops, a, i) -> ops.greater(a[0], a[1]), (x, y) -> x > y ? 1 : 0)
                        .withoutGradient(),
                // One row against two: broadcast, so the row's gradient is a sum over both.
                OperationCase.of(
                        "multiply",
                        (ops, a, i) -> ops.multiply(a[0], a[1]),
                        a -> {
                            double[] out = new double[6];
                            for (int k = 0; k < 6; k++) {
                                out[k] = a[0][k] * a[1][k % 3];
                            }
                            return out;
                        },
                        M23,
                        new long[] {3}),
                OperationCase.of(
                        "where",
                        (ops, a, i) ->
                                ops.where(
                                        ops.constant(new float[] {1, 0, 2, 0, 0, 1}, 2, 3),
                                        a[0],
                                        a[1]),
                        a -> new double[] {a[0][0], a[1][1], a[0][2], a[1][3], a[1][4], a[0][5]},
                        M23,
                        M23));
    }

    private static List<OperationCase> singles() {
        return List.of(
                single("add", (ops, a, i) -> ops.add(a[0], 1.5), x -> x + 1.5),
                single("multiply", (ops, a, i) -> ops.multiply(a[0], -3), x -> -3 * x),
                single(
                        "clamp",
                        (ops, a, i) -> ops.clamp(a[0], -1, 0.5),
                        x -> Math.max(-1, Math.min(0.5, x))),
                single("negate", (ops, a, i) -> ops.negate(a[0]), x -> -x),
                single("exp", (ops, a, i) -> ops.exp(a[0]), Math::exp),
                single("log", (ops, a, i) -> ops.log(a[0]), Math::log).from(0.5, 3),
                single("sqrt", (ops, a, i) -> ops.sqrt(a[0]), Math::sqrt).from(0.5, 3),
                single(
                                "reciprocalSqrt",
                                (ops, a, i) -> ops.reciprocalSqrt(a[0]),
                                x -> 1 / Math.sqrt(x))
                        .from(0.5, 3),
                single("square", (ops, a, i) -> ops.square(a[0]), x -> x * x),
                single("abs", (ops, a, i) -> ops.abs(a[0]), Math::abs),
                single("tanh", (ops, a, i) -> ops.tanh(a[0]), Math::tanh),
                single("sigmoid", (ops, a, i) -> ops.sigmoid(a[0]), x -> 1 / (1 + Math.exp(-x))),
                single("relu", (ops, a, i) -> ops.relu(a[0]), x -> Math.max(0, x)),
                single("elu", (ops, a, i) -> ops.elu(a[0]), x -> x > 0 ? x : Math.expm1(x)),
                single("softplus", (ops, a, i) -> ops.softplus(a[0]), x -> Math.log1p(Math.exp(x))),
                single("gelu", (ops, a, i) -> ops.gelu(a[0]), x -> x * normal(x)),
                single("stopGradient", (ops, a, i) -> ops.stopGradient(a[0]), x -> x)
                        .withoutGradient());
    }

    private static List<OperationCase> products() {
        return List.of(
                OperationCase.of(
                        "matmul",
                        (ops, a, i) -> ops.matmul(a[0], a[1]),
                        a -> matmul(a[0], 0, a[1], 0, 2, 3, 4),
                        M23,
                        new long[] {3, 4}),
                OperationCase.of( // the leading dimension of the left is broadcast to the right
                        "matmul",
                        (ops, a, i) -> ops.matmul(a[0], a[1]),
                        a -> {
                            double[] out = new double[2 * 2 * 2];
                            for (int b = 0; b < 2; b++) {
                                double[] one = matmul(a[0], b * 6, a[1], 0, 2, 3, 2);
                                System.arraycopy(one, 0, out, b * 4, 4);
                            }
                            return out;
                        },
                        new long[] {2, 2, 3},
                        new long[] {3, 2}),
                OperationCase.of( // of each pair, the right one transposed
                        "matmul",
                        (ops, a, i) -> ops.matmul(a[0], ops.transpose(a[1], 1, 2)),
                        a -> {
                            double[] out = new double[2 * 2 * 2];
                            for (int at = 0; at < out.length; at++) {
                                int left = at / 2 * 3; // row at / 2 of all four
                                int right = (at / 4 * 2 + at % 2) * 3;
                                for (int k = 0; k < 3; k++) {
                                    out[at] += a[0][left + k] * a[1][right + k];
                                }
                            }
                            return out;
                        },
                        new long[] {2, 2, 3},
                        new long[] {2, 2, 3}),
                OperationCase.of( // the left one is broadcast
                        "matmul",
                        (ops, a, i) -> ops.matmul(a[0], a[1]),
                        a -> {
                            double[] out = new double[2 * 2 * 4];
                            for (int b = 0; b < 2; b++) {
                                double[] one = matmul(a[0], 0, a[1], b * 12, 2, 3, 4);
                                System.arraycopy(one, 0, out, b * 8, 8);
                            }
                            return out;
                        },
                        M23,
                        new long[] {2, 3, 4}),
                OperationCase.of( // a vector is one row
                        "matmul",
                        (ops, a, i) -> ops.matmul(a[0], a[1]),
                        a -> matmul(a[0], 0, a[1], 0, 1, 3, 4),
                        new long[] {3},
                        new long[] {3, 4}),
                OperationCase.of( // a row is added to each row
                        "addMatmul",
                        (ops, a, i) -> ops.addMatmul(a[0], a[1], a[2]),
                        a -> {
                            double[] out = matmul(a[1], 0, a[2], 0, 2, 3, 4);
                            for (int k = 0; k < out.length; k++) {
                                out[k] += a[0][k % 4];
                            }
                            return out;
                        },
                        new long[] {4},
                        M23,
                        new long[] {3, 4}),
                OperationCase.of( // each row has its own addend
                        "addMatmul",
                        (ops, a, i) -> ops.addMatmul(a[0], a[1], a[2]),
                        a -> {
                            double[] out = matmul(a[1], 0, a[2], 0, 2, 3, 4);
                            for (int k = 0; k < out.length; k++) {
                                out[k] += a[0][k];
                            }
                            return out;
                        },
                        new long[] {2, 4},
                        M23,
                        new long[] {3, 4}),
                OperationCase.of(
                        "layerNorm",
                        (ops, a, i) -> ops.layerNorm(a[0], 0.1),
                        a -> eachRow(a[0], OperationCases::normed),
                        M23),
                OperationCase.of(
                        "layerNorm",
                        (ops, a, i) -> ops.layerNorm(a[0], a[1], a[2], 0.1),
                        a -> {
                            double[] out = eachRow(a[0], OperationCases::normed);
                            for (int k = 0; k < out.length; k++) {
                                out[k] = a[1][k % 3] * out[k] + a[2][k % 3];
                            }
                            return out;
                        },
                        M23,
                        new long[] {3},
                        new long[] {3}),
                OperationCase.of(
                        "conv2d",
                        (ops, a, i) -> ops.conv2d(a[0], a[1], a[2], 2, 1),
                        a -> conv2d(a[0], a[1], a[2]),
                        new long[] {2, 2, 5, 5},
                        new long[] {3, 2, 3, 3},
                        new long[] {3}),
                OperationCase.of(
                        "groupNorm",
                        (ops, a, i) -> ops.groupNorm(a[0], a[1], a[2], 2, 0.1),
                        a -> groupNorm(a[0], a[1], a[2]),
                        new long[] {2, 4, 1, 3},
                        new long[] {4},
                        new long[] {4}),
                OperationCase.of(
                        "maxPool2d",
                        (ops, a, i) -> ops.maxPool2d(a[0], 2, 2),
                        a -> pool(a[0], Math::max, Double.NEGATIVE_INFINITY, 1),
                        new long[] {1, 2, 4, 4}),
                OperationCase.of(
                        "averagePool2d",
                        (ops, a, i) -> ops.averagePool2d(a[0], 2, 2),
                        a -> pool(a[0], Double::sum, 0, 0.25),
                        new long[] {1, 2, 4, 4}));
    }

    private static List<OperationCase> shapes() {
        return List.of(
                OperationCase.of("reshape", (ops, a, i) -> ops.reshape(a[0], 3, 2), a -> a[0], M23),
                OperationCase.of(
                        "transpose",
                        (ops, a, i) -> ops.transpose(a[0], 0, -1),
                        a -> new double[] {a[0][0], a[0][3], a[0][1], a[0][4], a[0][2], a[0][5]},
                        M23),
                OperationCase.of(
                        "permute", // [2, 1, 3] to [3, 2, 1]
                        (ops, a, i) -> ops.permute(a[0], 2, 0, 1),
                        a -> new double[] {a[0][0], a[0][3], a[0][1], a[0][4], a[0][2], a[0][5]},
                        new long[] {2, 1, 3}),
                OperationCase.of(
                        "broadcastTo",
                        (ops, a, i) -> ops.broadcastTo(a[0], 2, 3),
                        a -> new double[] {a[0][0], a[0][1], a[0][2], a[0][0], a[0][1], a[0][2]},
                        new long[] {3}),
                OperationCase.of(
                        "slice",
                        (ops, a, i) -> ops.slice(a[0], 1, 1, 3),
                        a -> new double[] {a[0][1], a[0][2], a[0][4], a[0][5]},
                        M23),
                OperationCase.of( // the columns in the opposite order
                        "split",
                        (ops, a, i) -> {
                            var columns = new ArrayList<>(ops.split(a[0], -1, 1));
                            Collections.reverse(columns);
                            return ops.concat(columns, 1);
                        },
                        a -> new double[] {a[0][2], a[0][1], a[0][0], a[0][5], a[0][4], a[0][3]},
                        M23),
                OperationCase.of(
                        "concat",
                        (ops, a, i) -> ops.concat(List.of(a[0], a[1]), 1),
                        a ->
                                new double[] {
                                    a[0][0], a[0][1], a[0][2], a[1][0], a[0][3], a[0][4], a[0][5],
                                    a[1][1]
                                },
                        M23,
                        new long[] {2, 1}));
    }

    private static List<OperationCase> reductions() {
        return List.of(
                OperationCase.of(
                        "sum",
                        (ops, a, i) -> ops.sum(a[0], false, 0),
                        a -> new double[] {a[0][0] + a[0][3], a[0][1] + a[0][4], a[0][2] + a[0][5]},
                        M23),
                OperationCase.of( // [2, 3, 2] to [3]
                        "sum",
                        (ops, a, i) -> ops.sum(a[0], false, 0, -1),
                        a -> {
                            double[] out = new double[3];
                            for (int k = 0; k < 12; k++) {
                                out[k / 2 % 3] += a[0][k];
                            }
                            return out;
                        },
                        new long[] {2, 3, 2}),
                OperationCase.of(
                        "max",
                        (ops, a, i) -> ops.max(a[0], true, 0),
                        a ->
                                new double[] {
                                    Math.max(a[0][0], a[0][3]),
                                    Math.max(a[0][1], a[0][4]),
                                    Math.max(a[0][2], a[0][5])
                                },
                        M23),
                OperationCase.of(
                        "logSumExp",
                        (ops, a, i) -> ops.logSumExp(a[0], false, 0),
                        a -> columnsLse(a[0]),
                        M23),
                OperationCase.of(
                        "softmax",
                        (ops, a, i) -> ops.softmax(a[0], 0),
                        a -> {
                            double[] out = new double[6];
                            for (int k = 0; k < 6; k++) {
                                out[k] = Math.exp(a[0][k] - columnsLse(a[0])[k % 3]);
                            }
                            return out;
                        },
                        M23),
                rows(
                        "mean",
                        (ops, a, i) -> ops.mean(a[0], true, -1),
                        r -> (r[0] + r[1] + r[2]) / 3),
                rows(
                        "max",
                        (ops, a, i) -> ops.max(a[0], false, 1),
                        r -> Math.max(r[0], Math.max(r[1], r[2]))),
                rows("logSumExp", (ops, a, i) -> ops.logSumExp(a[0], true, 1), OperationCases::lse),
                OperationCase.of(
                        "sumAll",
                        (ops, a, i) -> ops.sumAll(a[0]),
                        a -> new double[] {Stream.of(a).mapToDouble(OperationCases::total).sum()},
                        M23),
                OperationCase.of(
                        "meanAll",
                        (ops, a, i) -> ops.meanAll(a[0]),
                        a -> new double[] {total(a[0]) / 6},
                        M23),
                OperationCase.of(
                        "softmax",
                        (ops, a, i) -> ops.softmax(a[0], 1),
                        a -> eachRow(a[0], (x, row) -> Math.exp(x - lse(row))),
                        M23),
                OperationCase.of(
                        "logSoftmax",
                        (ops, a, i) -> ops.logSoftmax(a[0], -1),
                        a -> eachRow(a[0], (x, row) -> x - lse(row)),
                        M23));
    }

    private static List<OperationCase> lookUps() {
        return List.of(
                OperationCase.of( // row 1 twice: its gradient is the sum of both
                                "rows",
                                (ops, a, i) -> ops.rows(a[0], i),
                                a ->
                                        new double[] {
                                            a[0][2], a[0][3], a[0][0], a[0][1], a[0][2], a[0][3]
                                        },
                                new long[] {4, 2})
                        .at(new int[] {1, 0, 1}, 3),
                OperationCase.of(
                                "pick",
                                (ops, a, i) -> ops.pick(a[0], i),
                                a -> new double[] {a[0][2], a[0][3]},
                                M23)
                        .at(new int[] {2, 0}, 2));
    }

    private static OperationCase pair(
            String operation, OperationCase.Call call, DoubleBinaryOperator by) {
        return OperationCase.of(
                operation,
                call,
                a -> {
                    double[] out = new double[a[0].length];
                    for (int k = 0; k < out.length; k++) {
                        out[k] = by.applyAsDouble(a[0][k], a[1][k]);
                    }
                    return out;
                },
                M23,
                M23);
    }

    private static OperationCase single(
            String operation, OperationCase.Call call, DoubleUnaryOperator by) {
        return OperationCase.of(
                operation, call, a -> java.util.Arrays.stream(a[0]).map(by).toArray(), M23);
    }

    private interface OfRow {
        double of(double[] row);
    }

    private static OperationCase rows(String operation, OperationCase.Call call, OfRow by) {
        return OperationCase.of(
                operation, call, a -> new double[] {by.of(row(a[0], 0)), by.of(row(a[0], 1))}, M23);
    }

    private static double[] row(double[] matrix, int row) {
        return java.util.Arrays.copyOfRange(matrix, 3 * row, 3 * row + 3);
    }

    private interface InRow {
        double of(double value, double[] row);
    }

    private static double[] eachRow(double[] matrix, InRow by) {
        double[] out = new double[6];
        for (int k = 0; k < 6; k++) {
            out[k] = by.of(matrix[k], row(matrix, k / 3));
        }
        return out;
    }

    /** One element of a row of three; epsilon 0.1. */
    private static double normed(double value, double[] row) {
        double mean = total(row) / 3;
        double variance = 0;
        for (double one : row) {
            variance += (one - mean) * (one - mean) / 3;
        }
        return (value - mean) / Math.sqrt(variance + 0.1);
    }

    private static double lse(double[] row) {
        return Math.log(Math.exp(row[0]) + Math.exp(row[1]) + Math.exp(row[2]));
    }

    /** Of each of three columns of two. */
    private static double[] columnsLse(double[] matrix) {
        double[] out = new double[3];
        for (int column = 0; column < 3; column++) {
            out[column] = Math.log(Math.exp(matrix[column]) + Math.exp(matrix[column + 3]));
        }
        return out;
    }

    private static double total(double[] values) {
        return java.util.Arrays.stream(values).sum();
    }

    /** Normal distribution function: Simpson's rule over its density, good to 1e-10 here. */
    private static double normal(double x) {
        int steps = 200;
        double width = x / steps;
        double sum = 0;
        for (int k = 0; k <= steps; k++) {
            double t = k * width;
            double weight = k == 0 || k == steps ? 1 : k % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-t * t / 2);
        }
        return 0.5 + sum * width / 3 / Math.sqrt(2 * Math.PI);
    }

    /** {@code [n, m]} from {@code left} by {@code [m, p]} from {@code right}. */
    private static double[] matmul(
            double[] left, int leftAt, double[] right, int rightAt, int n, int m, int p) {
        double[] out = new double[n * p];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < p; j++) {
                for (int k = 0; k < m; k++) {
                    out[i * p + j] += left[leftAt + i * m + k] * right[rightAt + k * p + j];
                }
            }
        }
        return out;
    }

    /** {@code [2, 2, 5, 5]} by {@code [3, 2, 3, 3]}, stride 2, padding 1: {@code [2, 3, 3, 3]}. */
    private static double[] conv2d(double[] images, double[] kernels, double[] bias) {
        double[] out = new double[2 * 3 * 3 * 3];
        for (int at = 0; at < out.length; at++) {
            int column = at % 3;
            int line = at / 3 % 3;
            int channelOut = at / 9 % 3;
            int image = at / 27;
            double sum = bias[channelOut];
            for (int channel = 0; channel < 2; channel++) {
                for (int dy = 0; dy < 3; dy++) {
                    for (int dx = 0; dx < 3; dx++) {
                        int y = 2 * line + dy - 1;
                        int x = 2 * column + dx - 1;
                        if (y >= 0 && y < 5 && x >= 0 && x < 5) {
                            sum +=
                                    images[((image * 2 + channel) * 5 + y) * 5 + x]
                                            * kernels[
                                                    ((channelOut * 2 + channel) * 3 + dy) * 3 + dx];
                        }
                    }
                }
            }
            out[at] = sum;
        }
        return out;
    }

    /** {@code [2, 4, 1, 3]} in groups of two channels, so of six elements; epsilon 0.1. */
    private static double[] groupNorm(double[] images, double[] gain, double[] bias) {
        double[] out = new double[24];
        for (int at = 0; at < out.length; at++) {
            int first = at / 6 * 6;
            double mean = 0;
            for (int k = first; k < first + 6; k++) {
                mean += images[k] / 6;
            }
            double variance = 0;
            for (int k = first; k < first + 6; k++) {
                variance += (images[k] - mean) * (images[k] - mean) / 6;
            }
            int channel = at / 3 % 4;
            double normed = (images[at] - mean) / Math.sqrt(variance + 0.1);
            out[at] = gain[channel] * normed + bias[channel];
        }
        return out;
    }

    /** {@code [1, 2, 4, 4]} by squares of two: {@code [1, 2, 2, 2]}. */
    private static double[] pool(
            double[] images, DoubleBinaryOperator join, double start, double scale) {
        double[] out = new double[8];
        for (int at = 0; at < 8; at++) {
            int y = at / 2 % 2 * 2;
            int x = at % 2 * 2;
            double joined = start;
            for (int k = 0; k < 4; k++) {
                joined =
                        join.applyAsDouble(
                                joined, images[at / 4 * 16 + (y + k / 2) * 4 + x + k % 2]);
            }
            out[at] = joined * scale;
        }
        return out;
    }
}
