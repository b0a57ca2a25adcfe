package freshet.simulators;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Pictures side by side in rows, enlarged without smoothing, as a PNG. */
public final class FilmStrip {

    private static final int GAP = 4;

    private final int side;
    private final int scale;
    private final BufferedImage strip;

    /**
     * @param side of a picture, pixels
     * @param scale by how much each is enlarged, from 1
     */
    public FilmStrip(int rows, int columns, int side, int scale) {
        this.side = side;
        this.scale = scale;
        strip =
                new BufferedImage(
                        columns * (side * scale + GAP) + GAP,
                        rows * (side * scale + GAP) + GAP,
                        BufferedImage.TYPE_INT_RGB);
        int white = 0xFFFFFF;
        for (int y = 0; y < strip.getHeight(); y++) {
            for (int x = 0; x < strip.getWidth(); x++) {
                strip.setRGB(x, y, white);
            }
        }
    }

    /**
     * @param frame {@code [side, side, 3]} 8-bit RGB, rows from the top
     */
    public void put(int row, int column, byte[] frame) {
        int left = GAP + column * (side * scale + GAP);
        int top = GAP + row * (side * scale + GAP);
        for (int y = 0; y < side * scale; y++) {
            for (int x = 0; x < side * scale; x++) {
                int at = (y / scale * side + x / scale) * 3;
                int rgb =
                        (frame[at] & 0xFF) << 16
                                | (frame[at + 1] & 0xFF) << 8
                                | frame[at + 2] & 0xFF;
                strip.setRGB(left + x, top + y, rgb);
            }
        }
    }

    /** The strip so far, to be drawn beside something else. */
    public BufferedImage image() {
        return strip;
    }

    /**
     * @throws IOException if the file cannot be written
     */
    public void write(Path png) throws IOException {
        if (png.getParent() != null) {
            Files.createDirectories(png.getParent());
        }
        try (var out = Files.newOutputStream(png)) {
            ImageIO.write(strip, "png", out);
        }
    }
}
