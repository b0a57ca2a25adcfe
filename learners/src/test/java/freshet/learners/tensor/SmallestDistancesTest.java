package freshet.learners.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SmallestDistancesTest {

    @Test
    void ofEachQueryTheSmallestStayNearestFirst() {
        var smallest = new SmallestDistances(2, 3);
        smallest.offer(0, new float[] {9, 4, 1, 3, 2, 8}, 1, 10, 4); // 4, 1, 3, 2
        smallest.offer(0, 5, 20);
        smallest.offer(1, new float[] {7, -0.5f, 0}, 0, 30, 3);
        assertThat(smallest.farthest(0)).isEqualTo(3);
        NearestRows nearest = smallest.sorted();
        assertThat(nearest.squaredDistances()).containsExactly(1, 2, 3, -0.5f, 0, 7);
        assertThat(nearest.rows()).containsExactly(11, 13, 12, 31, 32, 30);
    }

    @Test
    void whileThereAreFewerAnyDistanceIsNearEnough() {
        var smallest = new SmallestDistances(1, 2);
        smallest.offer(0, 3, 0);
        assertThat(smallest.farthest(0)).isEqualTo(Float.POSITIVE_INFINITY);
        smallest.offer(0, Float.NaN, 1);
        assertThat(smallest.sorted().rows()).containsExactly(0, 1);
    }

    @Test
    void theyAreThoseOfASort() {
        var random = new CounterRandom(3, 0, 0);
        float[] distances = new float[5000];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = (float) random.nextGaussian();
        }
        var smallest = new SmallestDistances(1, 40);
        smallest.offer(0, distances, 0, 0, distances.length);
        float[] sorted = distances.clone();
        Arrays.sort(sorted);
        NearestRows nearest = smallest.sorted();
        assertThat(nearest.squaredDistances()).isEqualTo(Arrays.copyOf(sorted, 40));
        for (int i = 0; i < 40; i++) {
            assertThat(distances[nearest.rows()[i]]).isEqualTo(sorted[i]);
        }
    }
}
