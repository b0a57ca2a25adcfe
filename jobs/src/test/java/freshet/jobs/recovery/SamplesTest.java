package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {

    private final Samples samples = new Samples();

    @Test
    void aLineThroughTheSecondHalfAlone() {
        // Steep while it warms up, then 3 an hour: 100 at minute 60, 103 at minute 120.
        for (int minute = 0; minute < 60; minute++) {
            samples.add(minute, Map.of("MB", minute * 100.0 / 60));
        }
        for (int minute = 60; minute < 120; minute++) {
            samples.add(minute, Map.of("MB", 100 + (minute - 60) * 3 / 60.0));
        }
        Samples.Trend trend = samples.trend("MB");
        assertThat(trend.anHour()).isCloseTo(3, within(1e-9));
        assertThat(trend.error()).isCloseTo(0, within(1e-6));
        assertThat(trend.hours()).isCloseTo(59 / 60.0, within(1e-9));
        assertThat(trend.mean()).isCloseTo(100 + 29.5 * 3 / 60, within(1e-9));
        assertThat(trend.grows(0.02)).isTrue();
        assertThat(trend.grows(0.05)).isFalse();
    }

    @Test
    void theErrorOfASlopeByHand() {
        // Second half: hours 2, 3, 4 with 1, 3, 2. Slope 1/2, residuals -1/2, 1, -1/2: sum of
        // squares 3/2, over one degree of freedom and the 2 that hours differ by, squared: 3/4.
        double[] values = {9, 9, 1, 3, 2};
        for (int hour = 0; hour < values.length; hour++) {
            samples.add(60.0 * hour, Map.of("figure", values[hour]));
        }
        Samples.Trend trend = samples.trend("figure");
        assertThat(trend.anHour()).isCloseTo(0.5, within(1e-12));
        assertThat(trend.error()).isCloseTo(Math.sqrt(0.75), within(1e-12));
        assertThat(trend.grows(0)).isFalse(); // within what chance may do
    }

    @Test
    void whatIsMissingIsLeftOut(@TempDir Path folder) throws Exception {
        samples.add(0, Map.of("a", 1.0));
        samples.add(60, Map.of("b", 2.0));
        samples.add(120, Map.of("b", 4.0));
        assertThat(samples.trend("b").anHour()).isCloseTo(2, within(1e-12));
        assertThat(samples.trend("a").mean()).isZero();
        samples.writeCsv(folder.resolve("csv"));
        assertThat(Files.readAllLines(folder.resolve("csv")))
                .containsExactly(
                        "minute,a,b",
                        "0.000,1.00000,NaN",
                        "60.000,NaN,2.00000",
                        "120.000,NaN,4.00000");
    }
}
