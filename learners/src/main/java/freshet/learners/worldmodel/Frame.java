package freshet.learners.worldmodel;

import java.io.Serializable;

/**
 * What a robot's camera delivers: bytes, rows from the top, the channels of a pixel side by side.
 *
 * @param height in pixels, in [1, 4096]
 * @param width in pixels, in [1, 4096]
 * @param channels in [1, 12]
 */
public record Frame(int height, int width, int channels) implements Serializable {

    public Frame {
        if (height < 1 || height > 4096 || width < 1 || width > 4096) {
            throw new IllegalArgumentException(
                    "a frame is %d x %d, must be in [1, 4096]".formatted(height, width));
        }
        if (channels < 1 || channels > 12) {
            throw new IllegalArgumentException(
                    "a frame has %d channels, must be in [1, 12]".formatted(channels));
        }
    }

    /** Bytes of one. */
    public int size() {
        return height * width * channels;
    }
}
