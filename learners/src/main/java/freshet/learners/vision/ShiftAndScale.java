package freshet.learners.vision;

import freshet.learners.selftraining.Augmentation;
import freshet.learners.tensor.CounterRandom;

/**
 * Moves a picture, all its channels alike, and makes it larger or smaller, by random amounts: what
 * a label should not depend on.
 *
 * @param pixels furthest shift in each direction, in pixels
 * @param scale furthest change of size, as a share, in [0, 1)
 */
public record ShiftAndScale(int height, int width, double pixels, double scale)
        implements Augmentation {

    public ShiftAndScale {
        if (!(pixels >= 0) || !(scale >= 0 && scale < 1)) {
            throw new IllegalArgumentException(
                    "shift %s must be at least 0, scale %s in [0, 1)".formatted(pixels, scale));
        }
    }

    @Override
    public float[] apply(float[] example, CounterRandom random) {
        double size = 1 + scale * (2 * random.nextDouble() - 1);
        double right = pixels * (2 * random.nextDouble() - 1);
        double down = pixels * (2 * random.nextDouble() - 1);
        return Resampling.scaled(example, height, width, size, right, down);
    }
}
