package freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatenciesTest {

    @Test
    void quantilesAreExactToTwoPercent() {
        Latencies latencies = new Latencies();
        for (int millis = 1; millis <= 1000; millis++) {
            latencies.add(millis * 1_000_000L);
        }
        assertThat(latencies.count()).isEqualTo(1000);
        assertThat(latencies.quantileMillis(0.5)).isBetween(500.0, 510.0);
        assertThat(latencies.quantileMillis(0.99)).isBetween(990.0, 1010.0);
        assertThat(latencies.quantileMillis(0)).isBetween(1.0, 1.02);
        assertThat(latencies.quantileMillis(1)).isBetween(1000.0, 1020.0);
    }

    @Test
    void whatIsBeyondTheRangeCountsAtItsEnds() {
        Latencies latencies = new Latencies();
        latencies.add(-5);
        assertThat(latencies.quantileMillis(1)).isCloseTo(0.00102, within(1e-6));
        latencies.add(Long.MAX_VALUE);
        assertThat(latencies.quantileMillis(1)).isBetween(58_000.0, 62_000.0);
    }

    @Test
    void thoseSinceACopyAreTheNewOnes() {
        Latencies latencies = new Latencies();
        latencies.add(1_000_000);
        Latencies before = latencies.copy();
        assertThat(latencies.since(before).quantileMillis(0.5)).isNaN();
        latencies.add(10_000_000);
        latencies.add(20_000_000);
        Latencies newer = latencies.since(before);
        assertThat(newer.count()).isEqualTo(2);
        assertThat(newer.quantileMillis(0.5)).isBetween(10.0, 10.2);
        assertThat(newer.quantileMillis(1)).isBetween(20.0, 20.4);
        assertThat(before.count()).isEqualTo(1);
    }

    @Test
    void withoutAnyThereIsNoQuantile() {
        Latencies latencies = new Latencies();
        latencies.add(1_000_000);
        latencies.clear();
        assertThat(latencies.quantileMillis(0.5)).isNaN();
    }
}
