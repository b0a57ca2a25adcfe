package freshet.learners.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CounterRandomTest {

    @Test
    void goesOnFromItsCounter() {
        var straight = new CounterRandom(5, 2, 0);
        straight.nextGaussian();
        straight.nextLong();

        var resumed = new CounterRandom(5, 2, straight.counter());

        assertThat(straight.counter()).isEqualTo(3);
        assertThat(resumed.nextLong()).isEqualTo(straight.nextLong());
    }

    @Test
    void seedsAndStreamsAreTold() {
        long first = new CounterRandom(5, 2, 0).nextLong();

        assertThat(new CounterRandom(6, 2, 0).nextLong()).isNotEqualTo(first);
        assertThat(new CounterRandom(5, 3, 0).nextLong()).isNotEqualTo(first);
    }

    /** A change of the generator would change every run that is resumed with it. */
    @Test
    void drawsTheSameNumbersForEver() {
        var random = new CounterRandom(1, 0, 0);

        assertThat(new long[] {random.nextLong(), random.nextLong()})
                .containsExactly(-7168887004481596854L, 4657398751271423941L);
    }

    @Test
    void uniformNumbersFillTheirRange() {
        var random = new CounterRandom(9, 0, 0);
        int[] counts = new int[10];
        for (int i = 0; i < 100_000; i++) {
            counts[(int) (10 * random.nextDouble())]++;
        }
        for (int count : counts) { // deviation sqrt(100000 * 0.1 * 0.9) = 95
            assertThat(count).isBetween(10_000 - 500, 10_000 + 500);
        }
    }

    @Test
    void normalNumbersHaveMeanZeroAndVarianceOne() {
        var random = new CounterRandom(9, 1, 0);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 100_000; i++) {
            double value = random.nextGaussian();
            sum += value;
            squares += value * value;
        }
        assertThat(sum / 100_000).isCloseTo(0, within(0.016)); // 5 / sqrt(100000)
        assertThat(squares / 100_000).isCloseTo(1, within(0.023)); // 5 * sqrt(2 / 100000)
    }

    @Test
    void aBoundOfZeroIsRefused() {
        assertThatThrownBy(() -> new CounterRandom(1, 0, 0).nextLong(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
    }
}
