package freshet.learners.vision;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * Reads IDX files of bytes, gzipped: two zeros, type 8, number of dimensions, each dimension as a
 * big-endian integer, then the bytes (Yann LeCun's format of MNIST).
 */
public final class IdxFiles {

    private static final int UNSIGNED_BYTES = 8;

    /** More than any data set that is kept in memory; a header beyond it is not believed. */
    private static final long MOST_BYTES = 1L << 30;

    private record Contents(int[] shape, byte[] bytes) {}

    private IdxFiles() {}

    /**
     * Reads pictures and their classes.
     *
     * @throws IOException if a file is not IDX of bytes or is cut short
     */
    public static LabelledImages read(InputStream images, InputStream labels) throws IOException {
        Contents pixels = contents(images, 3);
        Contents classes = contents(labels, 1);
        int count = pixels.shape[0];
        int height = pixels.shape[1];
        int width = pixels.shape[2];
        byte[][] pictures = new byte[count][];
        for (int i = 0; i < count; i++) {
            int start = i * height * width;
            pictures[i] = Arrays.copyOfRange(pixels.bytes, start, start + height * width);
        }
        int[] numbers = new int[classes.shape[0]];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = classes.bytes[i] & 0xFF;
        }
        return new LabelledImages(height, width, Arrays.asList(pictures), numbers);
    }

    private static Contents contents(InputStream file, int dimensions) throws IOException {
        try (var in = new DataInputStream(new GZIPInputStream(file))) {
            int magic = in.readInt();
            if (magic != (UNSIGNED_BYTES << 8 | dimensions)) {
                throw new IOException(
                        "not an IDX file of bytes in %d dimensions: magic %08x"
                                .formatted(dimensions, magic));
            }
            int[] shape = new int[dimensions];
            long size = 1;
            for (int i = 0; i < dimensions; i++) {
                shape[i] = in.readInt();
                if (shape[i] < 0 || (size *= shape[i]) > MOST_BYTES) {
                    throw new IOException("IDX file of shape " + Arrays.toString(shape));
                }
            }
            byte[] bytes = in.readNBytes((int) size);
            if (bytes.length < size) {
                throw new IOException(
                        "IDX file is cut short: %d of %d bytes".formatted(bytes.length, size));
            }
            return new Contents(shape, bytes);
        }
    }
}
