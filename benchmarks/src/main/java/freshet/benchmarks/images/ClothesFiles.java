package freshet.benchmarks.images;

import freshet.learners.vision.DriftSchedule;
import freshet.learners.vision.DriftSource;
import freshet.learners.vision.EncodedImage;
import freshet.learners.vision.FashionMnist;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** Pictures of clothes as PNG files in memory, in the order of a stream. */
public final class ClothesFiles {

    private static final int SIDE = 28;

    private final List<EncodedImage> files = new ArrayList<>();
    private final int[] labels;

    public ClothesFiles(DriftSchedule schedule, long seed, int count) throws IOException {
        var stream = new DriftSource(FashionMnist.train(), schedule, seed);
        labels = new int[count];
        ImageIO.setUseCache(false);
        for (int i = 0; i < count; i++) {
            DriftSource.Item item = stream.get(i);
            labels[i] = item.label();
            files.add(png(item.pixels()));
        }
    }

    /**
     * @param pixels of a grey picture, {@code [SIDE, SIDE]}
     */
    static EncodedImage png(byte[] pixels) throws IOException {
        var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, SIDE, SIDE, pixels);
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return new EncodedImage(
                EncodedImage.Format.PNG, SIDE, SIDE, 1, Byte.SIZE, bytes.toByteArray());
    }

    public EncodedImage file(int number) {
        return files.get(number);
    }

    public int label(int number) {
        return labels[number];
    }

    public int count() {
        return labels.length;
    }
}
