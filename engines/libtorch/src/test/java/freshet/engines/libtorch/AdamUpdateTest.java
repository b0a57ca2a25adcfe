package freshet.engines.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.TensorEngines;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamUpdateTest {

    @BeforeAll
    static void pinThreads() {
        TensorEngines.start("libtorch", 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1023, 1024, 1025, 5000})
    void squaresOfAllValuesAreSummedWhateverTheirNumber(int count) {
        float[] values = new float[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            values[i] = (i % 7 - 3) * 0.25f + i * 1e-3f;
            sum += (double) values[i] * values[i];
        }
        assertThat(sumOfSquares(values)).isCloseTo(sum, within(1e-6 * sum));
    }

    @Test
    void aGreatValueHidesNoneOfManySmallOnes() {
        float[] values = new float[4_000_000];
        Arrays.fill(values, 1e-3f);
        values[0] = 1000; // 1e6 + 4: in float each millionth would be lost
        assertThat(sumOfSquares(values)).isCloseTo(1_000_004, within(0.2));
    }

    @Test
    void whatIsNotFiniteIsSeen() {
        assertThat(sumOfSquares(new float[] {1, Float.NaN})).isNaN();
        float[] values = new float[3000];
        values[17] = Float.POSITIVE_INFINITY;
        assertThat(sumOfSquares(values)).isInfinite();
    }

    private static double sumOfSquares(float[] values) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOff = new AutoGradMode(false)) {
            Tensor tensor = Tensor.create(values);
            return AdamUpdate.sumOfSquares(tensor).item_double();
        }
    }
}
