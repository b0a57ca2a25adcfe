package freshet.learners.vision;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.ServiceLoader;

/** Opens trained networks that lie in files, by the module on the class path that can read them. */
public final class EncoderFiles {

    /** What such a module registers as a service. */
    public interface Provider {

        /**
         * Opens a network as a frozen encoder. It is read again, lazily, wherever the encoder was
         * serialized to: the file must be readable there under the same path and hold the same
         * bytes.
         *
         * @param file of a trusted origin: it names classes to be loaded
         * @param layer name or index of the layer whose activations are the features; empty for the
         *     last but one
         * @param form of the images that it will be given
         * @param threads of the math library, as {@code tensor.threads}
         * @throws IllegalArgumentException if the file cannot be read, holds no network that reads
         *     images of that form, or has no such layer
         */
        FeatureEncoder open(Path file, String layer, ImageForm form, int threads);

        /**
         * Trains a small network on the upright pictures of {@link FashionMnist#train} and writes
         * it: an example of a file for {@link #open}.
         *
         * @param pictures of them that are learned, from 1 to 20,000, in an order drawn from the
         *     seed
         * @param passes over these, at least 1
         * @return accuracy on {@link FashionMnist#heldOut}, in [0, 1]
         */
        double writeExample(Path file, long seed, int pictures, int passes) throws IOException;
    }

    private EncoderFiles() {}

    /**
     * Returns what reads networks here.
     *
     * @throws IllegalArgumentException if there is nothing, naming what to build with
     */
    public static Provider provider() {
        Iterator<Provider> found =
                ServiceLoader.load(Provider.class, EncoderFiles.class.getClassLoader()).iterator();
        if (!found.hasNext()) {
            throw new IllegalArgumentException(
                    "nothing on the class path reads networks from files, as images.encoder file"
                            + " asks for: build with the Maven profile nd4j (CPU) or nd4j-cuda");
        }
        return found.next();
    }
}
