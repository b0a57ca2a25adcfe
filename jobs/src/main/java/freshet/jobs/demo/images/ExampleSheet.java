package freshet.jobs.demo.images;

import freshet.jobs.CommandFailure;
import freshet.jobs.plot.TextDrawing;
import freshet.learners.vision.DriftSource;
import freshet.learners.vision.FashionMnist;
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

/** Pictures of the stream as a PNG, a row a stage, with their true and their predicted classes. */
final class ExampleSheet {

    private static final int SIDE = 28;
    private static final int SCALE = 4;
    private static final int CELL_WIDTH = 132;
    private static final int LINE = 14;
    private static final int MARGIN = 10;
    private static final Color RIGHT = new Color(0x00, 0x6B, 0x4F);
    private static final Color WRONG = new Color(0xB8, 0x3A, 0x00);

    private final ImageMeter meter;
    private final TurningClothes clothes;

    ExampleSheet(ImageMeter meter, TurningClothes clothes) {
        this.meter = meter;
        this.clothes = clothes;
    }

    /**
     * @throws CommandFailure if this Java finds no fonts
     */
    void write(List<Integer> pictures, int picturesARow, Path png) throws IOException {
        int rows = pictures.size() / picturesARow;
        int rowHeight = SIDE * SCALE + (ComparedModel.values().length + 2) * LINE + 2 * MARGIN;
        var sheet =
                new BufferedImage(
                        picturesARow * CELL_WIDTH + 2 * MARGIN,
                        rows * rowHeight + MARGIN,
                        BufferedImage.TYPE_INT_RGB);
        TextDrawing.draw(() -> draw(sheet, pictures, picturesARow, rowHeight));
        ImageIO.write(sheet, "png", png.toFile());
    }

    private void draw(
            BufferedImage sheet, List<Integer> pictures, int picturesARow, int rowHeight) {
        Graphics2D pen = sheet.createGraphics();
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        pen.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        for (int i = 0; i < pictures.size(); i++) {
            int x = MARGIN + i % picturesARow * CELL_WIDTH;
            int y = MARGIN + i / picturesARow * rowHeight;
            cell(pen, pictures.get(i), x, y);
        }
        pen.dispose();
    }

    private void cell(Graphics2D pen, int picture, int x, int y) {
        DriftSource.Item item = clothes.get(picture);
        pen.drawImage(image(item.pixels()), x, y, SIDE * SCALE, SIDE * SCALE, null);
        int line = y + SIDE * SCALE + LINE;
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 11));
        pen.setColor(Color.BLACK);
        pen.drawString(
                String.format(
                        Locale.ROOT,
                        "%s, %.0f°",
                        FashionMnist.CLASSES.get(item.label()),
                        item.distortion().degrees()),
                x,
                line);
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 10));
        for (ComparedModel model : ComparedModel.values()) {
            line += LINE;
            Integer answer = meter.answer(model, picture);
            if (answer != null) {
                boolean right = answer == item.label();
                pen.setColor(right ? RIGHT : WRONG);
                pen.drawString(
                        "%s %s: %s"
                                .formatted(
                                        right ? "+" : "−",
                                        model.title(),
                                        FashionMnist.CLASSES.get(answer)),
                        x,
                        line);
            }
        }
    }

    private static BufferedImage image(byte[] pixels) {
        var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, SIDE, SIDE, pixels);
        return image;
    }
}
