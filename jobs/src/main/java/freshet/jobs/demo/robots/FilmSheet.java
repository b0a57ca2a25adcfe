package freshet.jobs.demo.robots;

import freshet.jobs.CommandFailure;
import freshet.jobs.plot.TextDrawing;
import freshet.simulators.FilmStrip;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Episodes as a PNG: what came, below it what was expected, time to the right. */
final class FilmSheet {

    /** Pictures of an episode. */
    static final int COLUMNS = 12;

    /**
     * One episode.
     *
     * @param title which it is
     * @param text how it went
     */
    record Scene(String title, String text, Expectation expectation) {}

    /** Side of an enlarged picture, pixels, at most. */
    private static final int ENLARGED = 96;

    private static final int MARGIN = 12;
    private static final int LABELS = 74;
    private static final int TITLE = 40;
    private static final int STEPS = 18;

    private FilmSheet() {}

    /**
     * @param side of a picture, pixels
     * @param scenes at least one
     * @throws CommandFailure if this Java finds no fonts
     */
    static void write(List<Scene> scenes, int side, Path png) throws IOException {
        int scale = Math.max(1, ENLARGED / side);
        List<BufferedImage> strips =
                scenes.stream().map(scene -> strip(scene, side, scale)).toList();
        int height = strips.get(0).getHeight() + TITLE + STEPS + MARGIN;
        var sheet =
                new BufferedImage(
                        LABELS + strips.get(0).getWidth() + 2 * MARGIN,
                        scenes.size() * height + MARGIN,
                        BufferedImage.TYPE_INT_RGB);
        TextDrawing.draw(
                () -> {
                    Graphics2D pen = sheet.createGraphics();
                    pen.setColor(Color.WHITE);
                    pen.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
                    pen.setRenderingHint(
                            RenderingHints.KEY_TEXT_ANTIALIASING,
                            RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
                    pen.setColor(Color.BLACK);
                    for (int i = 0; i < scenes.size(); i++) {
                        draw(pen, scenes.get(i), strips.get(i), MARGIN + i * height);
                    }
                    pen.dispose();
                });
        ImageIO.write(sheet, "png", png.toFile());
    }

    private static BufferedImage strip(Scene scene, int side, int scale) {
        List<Expectation.Shot> shots = scene.expectation().shots();
        var strip = new FilmStrip(2, shots.size(), side, scale);
        for (int i = 0; i < shots.size(); i++) {
            strip.put(0, i, shots.get(i).came());
            strip.put(1, i, shots.get(i).expected());
        }
        return strip.image();
    }

    private static void draw(Graphics2D pen, Scene scene, BufferedImage strip, int top) {
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
        pen.drawString(scene.title(), MARGIN, top + 14);
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        pen.drawString(scene.text(), MARGIN, top + 32);
        int left = MARGIN + LABELS;
        pen.drawImage(strip, left, top + TITLE, null);
        int row = strip.getHeight() / 2;
        pen.drawString("came", MARGIN, top + TITLE + row / 2);
        pen.drawString("expected", MARGIN, top + TITLE + row + row / 2);
        List<Expectation.Shot> shots = scene.expectation().shots();
        int column = strip.getWidth() / shots.size();
        for (int i = 0; i < shots.size(); i++) {
            pen.drawString(
                    (i == 0 ? "step " : "") + shots.get(i).step(),
                    left + 4 + i * column,
                    top + TITLE + strip.getHeight() + 13);
        }
    }
}
