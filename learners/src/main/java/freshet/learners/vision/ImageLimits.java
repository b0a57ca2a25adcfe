package freshet.learners.vision;

import java.io.Serializable;

/**
 * What is refused before anything is decoded.
 *
 * @param maxBytes longest file
 * @param maxSide most pixels in width or height
 * @param maxPixels most pixels in all: decoding takes about 20 bytes for each
 */
public record ImageLimits(int maxBytes, int maxSide, int maxPixels) implements Serializable {

    /** 8 MiB, 8,192 pixels a side, four million in all. */
    public static ImageLimits defaults() {
        return new ImageLimits(8 << 20, 8192, 4_000_000);
    }

    void checkBytes(int length) throws UnreadableImageException {
        if (length > maxBytes) {
            throw new UnreadableImageException(
                    "image has %d bytes, at most %d".formatted(length, maxBytes));
        }
    }

    void checkSize(int width, int height) throws UnreadableImageException {
        if (width < 1 || height < 1 || width > maxSide || height > maxSide) {
            throw new UnreadableImageException(
                    "image is %d x %d, each side must be from 1 to %d"
                            .formatted(width, height, maxSide));
        }
        if ((long) width * height > maxPixels) {
            throw new UnreadableImageException(
                    "image is %d x %d, at most %d pixels".formatted(width, height, maxPixels));
        }
    }
}
