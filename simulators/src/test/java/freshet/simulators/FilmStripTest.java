package freshet.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilmStripTest {

    @TempDir Path folder;

    @Test
    void picturesStandInTheirPlacesEnlarged() throws Exception {
        FilmStrip strip = new FilmStrip(2, 3, 2, 5);
        byte[] frame = new byte[12];
        frame[3] = (byte) 200; // first row, second pixel: red
        frame[8] = (byte) 100; // second row, first pixel: blue
        strip.put(1, 2, frame);
        Path png = folder.resolve("made").resolve("strip.png");
        strip.write(png);
        var image = ImageIO.read(png.toFile());
        // 3 pictures of 10 and 4 gaps of 4; 2 and 3
        assertThat(image.getWidth()).isEqualTo(46);
        assertThat(image.getHeight()).isEqualTo(32);
        assertThat(image.getRGB(4 + 2 * 14 + 9, 4 + 14)).isEqualTo(0xFFC80000);
        assertThat(image.getRGB(4 + 2 * 14, 4 + 14 + 9)).isEqualTo(0xFF000064);
        assertThat(image.getRGB(4, 4)).as("no picture there").isEqualTo(0xFFFFFFFF);
    }
}
