package freshet.jobs.commands;

import freshet.learners.vision.ImageHeader;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.UnreadableImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A picture's encoded file and what it says of itself. */
record PictureFile(ImageHeader header, byte[] bytes) {

    /**
     * Reads a file without decoding it. One that is too long is not read.
     *
     * @throws UnreadableImageException if it cannot be read, is no PNG or JPEG file, or is beyond
     *     the limits
     */
    static PictureFile read(Path file, ImageLimits limits) throws UnreadableImageException {
        try {
            if (!Files.isRegularFile(file)) {
                throw new UnreadableImageException("there is no such file");
            }
            long length = Files.size(file);
            if (length > limits.maxBytes()) {
                throw new UnreadableImageException(
                        "file has %,d bytes, at most %,d".formatted(length, limits.maxBytes()));
            }
            byte[] bytes = Files.readAllBytes(file);
            return new PictureFile(ImageHeader.of(bytes, limits), bytes);
        } catch (IOException e) {
            throw new UnreadableImageException("cannot be read: " + e, e);
        }
    }
}
