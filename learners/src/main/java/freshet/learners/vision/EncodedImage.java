package freshet.learners.vision;

/**
 * An image as it came, and what its sender says about it.
 *
 * @param width pixels, as stored (before EXIF turns it)
 * @param height pixels, as stored
 * @param channels 1 grey, 3 RGB, 4 RGBA; binding for {@link Format#RAW} alone
 * @param bitsPerChannel 8 or 16; binding for {@link Format#RAW} alone, whose 16-bit values are
 *     big-endian
 * @param bytes the file, or for RAW the rows from the top, channels together
 */
public record EncodedImage(
        Format format, int width, int height, int channels, int bitsPerChannel, byte[] bytes) {

    /** How {@link EncodedImage#bytes} holds the image. */
    public enum Format {
        PNG,
        JPEG,
        RAW
    }
}
