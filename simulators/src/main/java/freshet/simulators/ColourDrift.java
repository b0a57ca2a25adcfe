package freshet.simulators;

import freshet.learners.tensor.CounterRandom;

/**
 * Colours of a scene's materials that wander through one episode.
 *
 * <p>Source: {@code color.py} of the Distracting Control Suite: uniform within the scale of the
 * true colour, then each step a normal walk of 0.03 times the scale, clipped to the same range.
 */
final class ColourDrift {

    private static final double STEP_DEVIATION = 0.03;

    private final double scale;
    private final float[][] trueColours;
    private final float[][] colours;

    ColourDrift(double scale, float[][] trueColours) {
        this.scale = scale;
        this.trueColours = trueColours;
        this.colours = new float[trueColours.length][3];
    }

    void start(CounterRandom random) {
        for (int material = 0; material < colours.length; material++) {
            for (int i = 0; i < 3; i++) {
                double least = least(material, i);
                double span = most(material, i) - least;
                colours[material][i] =
                        (float) (scale == 0 ? least : least + span * random.nextDouble());
            }
        }
    }

    void step(CounterRandom random) {
        if (scale == 0) {
            return;
        }
        for (int material = 0; material < colours.length; material++) {
            for (int i = 0; i < 3; i++) {
                double moved =
                        colours[material][i] + STEP_DEVIATION * scale * random.nextGaussian();
                colours[material][i] =
                        (float) Math.max(least(material, i), Math.min(most(material, i), moved));
            }
        }
    }

    /** {@code [C][3]} in [0, 1]; the same array always, valid until the next step. */
    float[][] colours() {
        return colours;
    }

    private double least(int material, int i) {
        return Math.max(0, trueColours[material][i] - scale);
    }

    private double most(int material, int i) {
        return Math.min(1, trueColours[material][i] + scale);
    }
}
