package freshet.jobs.demo.images;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.jobs.StopSignal;
import freshet.pipelines.ImageOptions;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageDemoITCase {

    private static final int UPRIGHT = 512;
    private static final int TURNING = 1_488;

    @TempDir Path temp;

    @Test
    void fiveModelsLearnOneStreamAndAreScoredOnAllOfIt() throws Exception {
        Path folder = temp.resolve("demo");
        Configuration settings = new Configuration();
        settings.set(ImageOptions.BATCH, 64);
        var out = new StringWriter();
        new ImageDemo(
                        new ImageDemo.Choice(folder, UPRIGHT, TURNING, 40, 3, false, true, false),
                        settings,
                        new StopSignal(),
                        new PrintWriter(out),
                        false,
                        () -> 80)
                .run();

        assertThat(out.toString())
                .contains("supervised", "2,000 pictures", "dead letters 0", "log loss");
        List<String> figures = Files.readAllLines(folder.resolve("accuracy.csv"));
        for (ComparedModel model : ComparedModel.values()) {
            // 2,000 pictures, a report every 250: eight, and the last at all of them.
            assertThat(figures.stream().filter(line -> line.startsWith(model.model() + ",")))
                    .hasSize(8)
                    .last()
                    .asString()
                    .startsWith(model.model() + ",2000,");
        }
        assertThat(folder.resolve("accuracy.png")).isNotEmptyFile();
        BufferedImage sheet = ImageIO.read(folder.resolve("examples.png").toFile());
        assertThat(sheet.getWidth()).isGreaterThan(1_000);
    }
}
