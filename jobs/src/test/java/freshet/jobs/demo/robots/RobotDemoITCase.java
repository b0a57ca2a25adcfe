package freshet.jobs.demo.robots;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.jobs.StopSignal;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RobotOptions;
import freshet.simulators.Task;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RobotDemoITCase {

    /** Three episodes of 125 steps and a bit; in the second the model begins to learn. */
    private static final long STEPS = 390;

    @TempDir Path temp;

    @Test
    void robotsOfAnotherProcessLearnAndAreFilmed() throws Exception {
        Path folder = temp.resolve("demo");
        Configuration settings = new Configuration();
        settings.set(RobotOptions.STEPS_AN_UPDATE, 25);
        settings.set(FreshetOptions.PUBLISH_EVERY, 4);
        var out = new StringWriter();
        new RobotDemo(
                        new RobotDemo.Choice(
                                folder, Task.Name.BALANCE, "none", 60, STEPS, 6, 0, 3, true, false),
                        settings,
                        new StopSignal(),
                        new PrintWriter(out),
                        false,
                        () -> 80)
                .run();

        assertThat(out.toString())
                .contains("live page at http://127.0.0.1:")
                .contains("6 robots in process")
                .contains("learn balance from 24 x 24 pixels")
                .contains("18 episodes, 2,340 actions")
                .contains("dead letters 0")
                .contains("return of 125 at most, 18 episodes")
                .contains("frames that fitted better, of ")
                .contains("mean of the newest 20");
        // A line an episode and the head.
        assertThat(Files.readAllLines(folder.resolve("returns.csv"))).hasSize(19);
        assertThat(folder.resolve("returns.png")).isNotEmptyFile();
        // 12 pictures of 96 pixels beside their labels; two strips of two rows.
        BufferedImage film = ImageIO.read(folder.resolve("film.png").toFile());
        assertThat(film.getWidth()).isGreaterThan(12 * 96);
        assertThat(film.getHeight()).isGreaterThan(4 * 96);
        assertThat(ProcessHandle.current().children().filter(this::areRobots)).isEmpty();
    }

    private boolean areRobots(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains(temp.toString());
    }
}
