package freshet.learners.vision;

import java.util.List;

/**
 * Grey pictures of one size with their classes.
 *
 * @param images each {@code height * width} bytes, row by row, 0 black to 255 white; not copied
 * @param labels class of each, from 0
 */
public record LabelledImages(int height, int width, List<byte[]> images, int[] labels) {

    public LabelledImages {
        if (images.size() != labels.length) {
            throw new IllegalArgumentException(
                    "%d images, %d labels".formatted(images.size(), labels.length));
        }
        for (byte[] image : images) {
            if (image.length != height * width) {
                throw new IllegalArgumentException(
                        "an image has %d pixels, %d x %d are %d"
                                .formatted(image.length, height, width, height * width));
            }
        }
        images = List.copyOf(images);
    }

    public int size() {
        return labels.length;
    }

    /** Those at {@code indices}, in that order. */
    public LabelledImages select(int[] indices) {
        int[] chosenLabels = new int[indices.length];
        byte[][] chosen = new byte[indices.length][];
        for (int i = 0; i < indices.length; i++) {
            chosen[i] = images.get(indices[i]);
            chosenLabels[i] = labels[indices[i]];
        }
        return new LabelledImages(height, width, List.of(chosen), chosenLabels);
    }

    /** Writes one picture as numbers in [0, 1], a pixel being its byte / 255. */
    public static void toFloats(byte[] image, float[] into, int offset) {
        for (int i = 0; i < image.length; i++) {
            into[offset + i] = (image[i] & 0xFF) / 255f;
        }
    }
}
