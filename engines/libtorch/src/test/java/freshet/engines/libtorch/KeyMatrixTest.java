package freshet.engines.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.NearestRows;
import freshet.learners.tensor.TensorEngines;
import org.junit.jupiter.api.Test;

/** Search that stays on the device, here on the CPU, finds what search on the host finds. */
class KeyMatrixTest {

    private static final int ROWS = 1000;
    private static final int WIDTH = 7;
    private static final int QUERIES = 5;

    @Test
    void blocksOnTheDeviceFindWhatTheHostFinds() {
        var engine = (LibtorchEngine) TensorEngines.start("libtorch", 1);
        float[] keys = gaussians(1, ROWS * WIDTH);
        float[] queries = gaussians(2, QUERIES * WIDTH);
        try (var matrix = new LibtorchKeyMatrix(engine, ROWS, WIDTH)) {
            matrix.set(0, keys, ROWS);
            for (int rows : new int[] {0, 3, 999, ROWS}) {
                for (int atOnce : new int[] {1, QUERIES * 100, 1 << 20}) {
                    NearestRows expected = matrix.nearest(queries, QUERIES, rows, 12);
                    NearestRows actual = matrix.nearestOnDevice(queries, QUERIES, rows, 12, atOnce);
                    assertThat(actual.k()).isEqualTo(Math.min(12, rows));
                    assertThat(actual.rows()).isEqualTo(expected.rows());
                    for (int i = 0; i < actual.rows().length; i++) {
                        // Sums of 7 products in another order: the sixth digit.
                        assertThat((double) actual.squaredDistances()[i])
                                .isCloseTo(expected.squaredDistances()[i], within(2e-5));
                    }
                }
            }
        }
    }

    private static float[] gaussians(int stream, int count) {
        var random = new CounterRandom(9, stream, 0);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
