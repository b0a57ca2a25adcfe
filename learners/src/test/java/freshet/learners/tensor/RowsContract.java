package freshet.learners.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link Program#rowsTogether} promises, bit for bit, on one engine. */
public abstract class RowsContract {

    private static final int TOGETHER = 8;
    private static final int MOST = 64;
    private static final List<String> OUTPUTS = List.of("first", "second");

    protected abstract TensorEngine engine();

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "3, 4",
        "8, 8",
        "9, 12",
        "33, 50",
        "50, 128",
        "128, 1",
        "256, 64",
        "400, 24",
        "800, 16",
        "1600, 32"
    })
    void ofProducts(int width, int outputs) {
        Layout.Builder layout =
                new Layout.Builder()
                        .add("w", CounterRandom::nextGaussian, width, outputs)
                        .add("b", CounterRandom::nextGaussian, outputs);
        othersChangeNothing(layout, new Products(), width);
    }

    @ParameterizedTest
    @CsvSource({"3, 8, 9", "3, 16, 24", "16, 32, 12", "3, 16, 32"})
    void ofConvolutions(int channels, int kernels, int side) {
        Layout.Builder layout =
                new Layout.Builder()
                        .add("w", CounterRandom::nextGaussian, kernels, channels, 3, 3)
                        .add("b", CounterRandom::nextGaussian, kernels);
        othersChangeNothing(layout, new Convolutions(), channels, side, side);
    }

    /** Each row is the same among 8 rows and among more, wherever it is in its group. */
    private void othersChangeNothing(Layout.Builder layout, Program program, long... row) {
        int size = (int) Shapes.count(row);
        float[] rows = new float[MOST * size];
        var random = new CounterRandom(2, 0, 0);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextGaussian();
        }
        try (Session session =
                engine().open(
                                layout.build(),
                                layout.initialValues(new CounterRandom(1, 0, 0)),
                                program)) {
            for (String output : OUTPUTS) {
                float[] few = run(session, rows, TOGETHER, row, output);
                for (int count = 2 * TOGETHER; count <= MOST; count += TOGETHER) {
                    assertThat(Arrays.copyOf(run(session, rows, count, row, output), few.length))
                            .as("%s one, of %d rows", output, count)
                            .isEqualTo(few);
                }
                int each = few.length / TOGETHER;
                for (int place = 1; place < TOGETHER; place++) {
                    float[] moved = rows.clone();
                    System.arraycopy(rows, 0, moved, place * size, size);
                    float[] there = run(session, moved, TOGETHER, row, output);
                    assertThat(Arrays.copyOfRange(there, place * each, (place + 1) * each))
                            .as("%s one, in place %d", output, place)
                            .isEqualTo(Arrays.copyOf(few, each));
                }
            }
        }
    }

    private static float[] run(
            Session session, float[] rows, int count, long[] row, String output) {
        long[] shape = new long[1 + row.length];
        shape[0] = count;
        System.arraycopy(row, 0, shape, 1, row.length);
        float[] some = Arrays.copyOf(rows, (int) Shapes.count(shape));
        return session.run(new Inputs().put("rows", some, shape), Set.of(output)).get(output);
    }

    private interface Grouped extends Program {

        @Override
        default int rowsTogether() {
            return TOGETHER;
        }
    }

    private record Products() implements Grouped {
        @Override
        public <T> Map<String, T> outputs(
                Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            T rows = inputs.get("rows");
            T right = parameters.get("w");
            return Map.of(
                    "first", ops.addMatmul(ops.matmul(rows, right), rows, right),
                    "second", ops.addMatmul(parameters.get("b"), rows, right));
        }
    }

    private record Convolutions() implements Grouped {
        @Override
        public <T> Map<String, T> outputs(
                Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            T rows = inputs.get("rows");
            T kernels = parameters.get("w");
            return Map.of(
                    "first", ops.conv2d(rows, kernels, parameters.get("b"), 1, 1),
                    "second", ops.conv2d(rows, kernels, parameters.get("b"), 2, 0));
        }
    }
}
