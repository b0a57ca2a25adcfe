package freshet.jobs.demo.robots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.jobs.robots.ReportLog;
import freshet.schemas.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RobotFilesTest {

    private static final String EPISODES =
            "seconds,robot,episode,steps,return,allSteps,allMissed\n";

    @TempDir Path folder;

    private RobotFiles files() {
        return new RobotFiles(folder.resolve("returns.csv"), folder.resolve("reports.csv"));
    }

    private void append(String file, String text) throws IOException {
        Files.writeString(
                folder.resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void aLineCountsOnceAndOnlyWhenItIsWhole() throws IOException {
        RobotFiles files = files();
        files.read();
        assertThat(files.episodes()).isEmpty();
        append("returns.csv", EPISODES + "12.5,robot-0,0,125,20.5000,125,7\n12.6,robot-1,0,1");
        files.read();
        assertThat(files.episodes()).containsExactly(new RobotFiles.Episode(12.5, 125, 20.5));
        append("returns.csv", "25,30.2500,125,0\n");
        files.read();
        files.read();
        assertThat(files.episodes())
                .containsExactly(
                        new RobotFiles.Episode(12.5, 125, 20.5),
                        new RobotFiles.Episode(12.6, 125, 30.25));
        assertThat(files.most()).isEqualTo(125);
    }

    @Test
    void meanReturnIsOfTheNewestTwenty() throws IOException {
        var lines = new StringBuilder(EPISODES);
        for (int i = 0; i < 25; i++) {
            lines.append("%d,robot-0,%d,125,%d,0,0%n".formatted(i, i, i));
        }
        append("returns.csv", lines.toString());
        RobotFiles files = files();
        files.read();
        assertThat(files.meanReturn(-1)).isNaN();
        assertThat(files.meanReturn(1)).isCloseTo(0.5, within(1e-12));
        // 5 to 24
        assertThat(files.meanReturn(24)).isCloseTo(14.5, within(1e-12));
    }

    @Test
    void missesAreToldApartByTime() throws IOException {
        append("reports.csv", ReportLog.HEAD + "\n");
        append("reports.csv", "5.0,100,40,0,0,0,0,9.00,80.00,99.00,9.00,80.00\n");
        RobotFiles files = files();
        files.read();
        assertThat(files.newestMissed()).isEqualTo(40);
        append("reports.csv", "60.0,1000,45,0,0,0,0,9.00,80.00,99.00,8.00,20.00\n");
        append("reports.csv", "65.0,1100,48,0,0,0,0,9.00,80.00,99.00,7.50,NaN\n");
        files.read();
        assertThat(files.newestMissed()).isEqualTo(3);
        assertThat(files.missedAfter(60)).isEqualTo(3);
        assertThat(files.missedAfter(0)).isEqualTo(48);
        RobotFiles.Report newest = files.reports().get(2);
        assertThat(newest.actions()).isEqualTo(1100);
        assertThat(newest.p50Millis()).isEqualTo(9);
        assertThat(newest.p99Millis()).isEqualTo(80);
        assertThat(newest.newP50Millis()).isEqualTo(7.5);
        assertThat(newest.newP99Millis()).isNaN();
    }

    @Test
    void theLiveLineSaysWhatIsThere() throws IOException {
        RobotFiles files = files();
        var meter = new RobotMeter();
        assertThat(RobotDemo.parts("0:01", files, meter))
                .containsExactly("0:01", "0 actions", "no episode yet", "model -");
        append("returns.csv", EPISODES + "12.5,robot-0,0,125,20.5000,125,7\n");
        append("reports.csv", ReportLog.HEAD + "\n5.0,100,40,0,0,0,0,9,80,99,8.5,70\n");
        files.read();
        meter.add(new Action("robot-0", 0L, 3L, 5L, 6L, 0L, List.of(0f), "robots", 32L));
        meter.modelHasLearned();
        meter.add(RobotMeterTest.report("robot:robot-0", 2_000, 50, 150, 1_500));
        assertThat(RobotDemo.parts("0:13", files, meter))
                .containsExactly(
                        "0:13",
                        "1 actions",
                        "1 episodes, newest returned 20.5 of 125",
                        "surprise 3.0 nats",
                        "latency 5 s p50 8.5 p99 70.0 ms",
                        "missed 5 s (all) 40 (40)",
                        "model v32 1.5 s old");
    }
}
