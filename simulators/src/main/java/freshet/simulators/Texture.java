package freshet.simulators;

import freshet.learners.tensor.CounterRandom;

/**
 * Two smooth coloured patterns that slide over each other, each repeating itself after {@link
 * #SIDE} points in both directions. Immutable.
 */
final class Texture {

    /** Points of a pattern to each side; one pattern is as wide as an undisturbed picture. */
    static final int SIDE = 64;

    private static final int WAVES = 12;

    /** Waves in a pattern at most, to each side. */
    private static final int FREQUENCIES = 3;

    /** Deviation of a pattern's speed to each side, patterns a second. */
    private static final double SPEED = 0.4;

    private static final float[] COSINES = new float[SIDE];

    static {
        for (int i = 0; i < SIDE; i++) {
            COSINES[i] = (float) StrictMath.cos(2 * Math.PI * i / SIDE);
        }
    }

    /** {@code [2][SIDE * SIDE * 3]}: layers of which each gives half of the colour. */
    private final float[][] layers = new float[2][];

    /** {@code [2][2]} patterns a second to the right and upwards. */
    private final double[][] speeds = new double[2][2];

    Texture(CounterRandom random) {
        float[] mean = new float[3];
        for (int i = 0; i < 3; i++) {
            mean[i] = (float) (0.2 + 0.6 * random.nextDouble());
        }
        for (int layer = 0; layer < 2; layer++) {
            layers[layer] = pattern(random, mean);
            speeds[layer][0] = SPEED * random.nextGaussian();
            speeds[layer][1] = SPEED * random.nextGaussian();
        }
    }

    private static float[] pattern(CounterRandom random, float[] mean) {
        float[] pattern = new float[SIDE * SIDE * 3];
        for (int at = 0; at < pattern.length; at++) {
            pattern[at] = mean[at % 3];
        }
        for (int wave = 0; wave < WAVES; wave++) {
            int right = (int) random.nextLong(2 * FREQUENCIES + 1) - FREQUENCIES;
            int up = (int) random.nextLong(FREQUENCIES) + 1;
            int phase = (int) random.nextLong(SIDE);
            // as in photographs: the finer the weaker
            double strength = 0.3 / Math.sqrt(right * right + up * up);
            double light = random.nextGaussian();
            float[] colour = new float[3];
            for (int i = 0; i < 3; i++) {
                colour[i] = (float) (strength * (0.8 * light + 0.6 * random.nextGaussian()));
            }
            addWave(pattern, right, up, phase, colour);
        }
        return pattern;
    }

    private static void addWave(float[] pattern, int right, int up, int phase, float[] colour) {
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                float height = COSINES[(right * x + up * y + phase) & (SIDE - 1)];
                int at = (y * SIDE + x) * 3;
                for (int i = 0; i < 3; i++) {
                    pattern[at + i] += colour[i] * height;
                }
            }
        }
    }

    /** How far a layer has slid after {@code seconds}, in points, in [0, SIDE). */
    float slid(int layer, int axis, double seconds) {
        double patterns = speeds[layer][axis] * seconds;
        return (float) (SIDE * (patterns - Math.floor(patterns)));
    }

    /**
     * Adds half of a layer's colour at a place, interpolated between the four points around it.
     *
     * @param x points to the right, at least {@code -2^20}
     * @param y points upwards, the same
     */
    void addTo(float[] colour, int layer, float x, float y) {
        int left = (int) (x + (1 << 20)) - (1 << 20); // floor
        int low = (int) (y + (1 << 20)) - (1 << 20);
        float toRight = x - left;
        float upwards = y - low;
        int column = left & (SIDE - 1);
        int nextColumn = (left + 1) & (SIDE - 1);
        int row = (low & (SIDE - 1)) * SIDE;
        int nextRow = ((low + 1) & (SIDE - 1)) * SIDE;
        float[] points = layers[layer];
        for (int i = 0; i < 3; i++) {
            float lower =
                    mixed(
                            points[(row + column) * 3 + i],
                            points[(row + nextColumn) * 3 + i],
                            toRight);
            float upper =
                    mixed(
                            points[(nextRow + column) * 3 + i],
                            points[(nextRow + nextColumn) * 3 + i],
                            toRight);
            colour[i] += 0.5f * mixed(lower, upper, upwards);
        }
    }

    private static float mixed(float from, float to, float share) {
        return from + (to - from) * share;
    }
}
