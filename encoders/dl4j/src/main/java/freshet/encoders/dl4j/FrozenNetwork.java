package freshet.encoders.dl4j;

import freshet.engines.nd4j.Nd4jProvider;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.vision.FeatureEncoder;
import freshet.learners.vision.ImageForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A trained network up to one of its layers.
 *
 * <p>Only the file's path and hash are serialized. The network is read at the first image, on the
 * task that decodes images, from the same path, and refused if its bytes are others. It holds its
 * weights and the memory of one pass, once for each of these tasks.
 *
 * <p>Images go through one by one, so that the same image has the same bits whatever comes with it.
 *
 * <p>Not thread-safe, as the task that it belongs to.
 */
final class FrozenNetwork implements FeatureEncoder {

    private static final long serialVersionUID = 1;

    private final String file;
    private final String sha256;
    private final String layer;
    private final int index;
    private final ImageForm form;
    private final int threads;
    private final int size;
    private transient NetworkFile network;

    /**
     * Reads the file and tries it with a black image.
     *
     * @param layer name or index; empty for the last but one
     * @param threads that ND4J runs with
     */
    FrozenNetwork(Path file, String layer, ImageForm form, int threads) {
        this.file = file.toAbsolutePath().toString();
        this.form = form;
        this.threads = threads;
        try {
            sha256 = hash(file);
            network = NetworkFile.read(file, form);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "network %s cannot be read: %s".formatted(file, e), e);
        }
        List<String> layers = network.network().layers();
        index = index(layers, layer);
        this.layer = layers.get(index);
        tried(layers.size() - 1); // a layer behind the features may be the one that does not fit
        size = tried(index).length;
    }

    private int index(List<String> layers, String wanted) {
        if (wanted.isEmpty() && layers.size() > 1) {
            return layers.size() - 2;
        }
        int found = layers.indexOf(wanted);
        if (found >= 0) {
            return found;
        }
        if (wanted.matches("\\d{1,6}") && Integer.parseInt(wanted) < layers.size()) {
            return Integer.parseInt(wanted);
        }
        throw new IllegalArgumentException(
                "network %s has no layer %s, its layers are %s, numbered from 0"
                        .formatted(
                                file, wanted.isEmpty() ? "but one" : "'" + wanted + "'", layers));
    }

    private float[] tried(int at) {
        try {
            return run(new float[form.size()], at);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "network %s does not read images of [%d, %d, %d] (images.channels, images.height, images.width): %s"
                            .formatted(
                                    file,
                                    form.channels(),
                                    form.height(),
                                    form.width(),
                                    e.getMessage()),
                    e);
        }
    }

    @Override
    public String identity() {
        return "network/1 sha256=%s layer=%s".formatted(sha256, layer);
    }

    @Override
    public int size(ImageForm wanted) {
        check(wanted);
        return size;
    }

    @Override
    public float[] encode(float[] image, ImageForm given) {
        check(given);
        if (network == null) {
            network = readAgain();
        }
        return run(image, index);
    }

    private void check(ImageForm other) {
        if (!other.equals(form)) {
            throw new IllegalArgumentException(
                    "image of %s, the network was opened for %s".formatted(other, form));
        }
    }

    private float[] run(float[] image, int at) {
        return network.network().activations(network.order().lay(image, form), at);
    }

    private NetworkFile readAgain() {
        var path = Path.of(file);
        try {
            new Nd4jProvider().start(EngineSettings.cpu("nd4j", threads));
            String here = hash(path);
            if (!here.equals(sha256)) {
                throw new IllegalStateException(
                        "network %s has SHA-256 %s here, but %s where the job was started"
                                .formatted(file, here, sha256));
            }
            return NetworkFile.read(path, form);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "network %s must be readable where images are decoded".formatted(file), e);
        }
    }

    private static String hash(Path file) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "%s of %s %s".formatted(identity(), file, Arrays.asList(form));
    }
}
