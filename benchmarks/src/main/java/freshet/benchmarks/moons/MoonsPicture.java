package freshet.benchmarks.moons;

import freshet.jobs.CommandFailure;
import freshet.jobs.plot.TextDrawing;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Decision boundaries as one PNG file: a row a method, a column an angle. */
final class MoonsPicture {

    private static final int PANEL_PIXELS = 200;
    private static final int GAP_PIXELS = 8;
    private static final int LEFT_PIXELS = 120;
    private static final int TOP_PIXELS = 36;
    private static final int CAPTION_PIXELS = 18;
    private static final double REACH = 2; // a panel shows [-REACH, REACH] both ways
    private static final int POINTS_SHOWN = 300;

    /** Those of the demo's plot: told apart also by those who see no red or no green. */
    private static final Color[] COLOURS = {new Color(0xD55E00), new Color(0x0072B2)};

    private MoonsPicture() {}

    /**
     * One of the pictures in the picture.
     *
     * @param moons points, in the colour of their true class
     * @param probabilities {@code [n * n, 2]} of the places of {@link #places}
     * @param accuracy in [0, 1]
     */
    record Panel(TwoMoons moons, float[] probabilities, double accuracy) {}

    /** Places of a panel's pixels, {@code [n * n, 2]}, row by row from the top. */
    static float[] places() {
        float[] places = new float[2 * PANEL_PIXELS * PANEL_PIXELS];
        for (int y = 0; y < PANEL_PIXELS; y++) {
            for (int x = 0; x < PANEL_PIXELS; x++) {
                int at = 2 * (y * PANEL_PIXELS + x);
                places[at] = (float) (REACH * (2.0 * x / PANEL_PIXELS - 1));
                places[at + 1] = (float) (REACH * (1 - 2.0 * y / PANEL_PIXELS));
            }
        }
        return places;
    }

    /**
     * Writes the file.
     *
     * @param panels a list a row
     * @throws CommandFailure if this Java finds no fonts
     */
    static void write(List<String> rows, List<String> columns, List<List<Panel>> panels, Path png)
            throws IOException {
        int stepX = PANEL_PIXELS + GAP_PIXELS;
        int stepY = PANEL_PIXELS + CAPTION_PIXELS + GAP_PIXELS;
        var image =
                new BufferedImage(
                        LEFT_PIXELS + stepX * columns.size(),
                        TOP_PIXELS + stepY * rows.size(),
                        BufferedImage.TYPE_INT_RGB);
        TextDrawing.draw(() -> draw(rows, columns, panels, image));
        ImageIO.write(image, "png", png.toFile());
    }

    private static void draw(
            List<String> rows,
            List<String> columns,
            List<List<Panel>> panels,
            BufferedImage image) {
        int stepX = PANEL_PIXELS + GAP_PIXELS;
        int stepY = PANEL_PIXELS + CAPTION_PIXELS + GAP_PIXELS;
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < columns.size(); column++) {
                draw(
                        panels.get(row).get(column),
                        image,
                        graphics,
                        LEFT_PIXELS + column * stepX,
                        TOP_PIXELS + row * stepY);
            }
        }
        graphics.setColor(Color.BLACK);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
        for (int row = 0; row < rows.size(); row++) {
            graphics.drawString(rows.get(row), 8, TOP_PIXELS + row * stepY + PANEL_PIXELS / 2);
        }
        for (int column = 0; column < columns.size(); column++) {
            graphics.drawString(
                    columns.get(column), LEFT_PIXELS + column * stepX + 4, TOP_PIXELS - 12);
        }
        graphics.dispose();
    }

    private static void draw(
            Panel panel, BufferedImage image, Graphics2D graphics, int left, int top) {
        for (int i = 0; i < PANEL_PIXELS * PANEL_PIXELS; i++) {
            float second = panel.probabilities()[2 * i + 1];
            image.setRGB(left + i % PANEL_PIXELS, top + i / PANEL_PIXELS, shade(second));
        }
        double scale = PANEL_PIXELS / (2 * REACH);
        for (int i = 0; i < Math.min(POINTS_SHOWN, panel.moons().count()); i++) {
            int x = (int) ((panel.moons().points()[2 * i] + REACH) * scale);
            int y = (int) ((REACH - panel.moons().points()[2 * i + 1]) * scale);
            if (x >= 2 && x < PANEL_PIXELS - 2 && y >= 2 && y < PANEL_PIXELS - 2) {
                graphics.setColor(COLOURS[panel.moons().labels()[i]]);
                graphics.fillOval(left + x - 2, top + y - 2, 4, 4);
            }
        }
        graphics.setColor(Color.DARK_GRAY);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        graphics.drawString(
                String.format(Locale.ROOT, "%.1f %% right", 100 * panel.accuracy()),
                left + 4,
                top + PANEL_PIXELS + CAPTION_PIXELS - 5);
    }

    /** From a light tone of the first colour over white, where it is undecided, to the second. */
    private static int shade(float second) {
        Color colour = COLOURS[second < 0.5 ? 0 : 1];
        double strength = 0.1 + 0.5 * Math.abs(second - 0.5); // a step at the boundary
        int red = (int) Math.round(255 + strength * (colour.getRed() - 255));
        int green = (int) Math.round(255 + strength * (colour.getGreen() - 255));
        int blue = (int) Math.round(255 + strength * (colour.getBlue() - 255));
        return red << 16 | green << 8 | blue;
    }
}
