package freshet.learners.vision;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The part of Fashion-MNIST that comes along: 20,000 pictures of clothes to learn from and 4,000
 * others, 28 x 28, classes balanced. Origin and licence are beside the files.
 */
public final class FashionMnist {

    public static final List<String> CLASSES =
            List.of(
                    "T-shirt/top",
                    "trouser",
                    "pullover",
                    "dress",
                    "coat",
                    "sandal",
                    "shirt",
                    "sneaker",
                    "bag",
                    "ankle boot");

    private FashionMnist() {}

    /** 2,000 of each class, of the original's training set. */
    public static LabelledImages train() {
        return read("train");
    }

    /** 400 of each class, of the original's test set. */
    public static LabelledImages heldOut() {
        return read("t10k");
    }

    private static LabelledImages read(String part) {
        try (InputStream images = open(part + "-images-idx3-ubyte.gz");
                InputStream labels = open(part + "-labels-idx1-ubyte.gz")) {
            return IdxFiles.read(images, labels);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String file) {
        return FashionMnist.class.getResourceAsStream("fashion-mnist/" + file);
    }
}
