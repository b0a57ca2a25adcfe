package freshet.learners.worldmodel;

import freshet.learners.tensor.CounterRandom;

/**
 * Cuts pictures out of frames: the middle for acting; for learning at random, the same for all
 * steps of a sequence, with a pattern of colour over it that is new for each frame.
 */
final class PictureView {

    private static final int WAVES = 3;
    private static final double WAVE_NUMBER = 4; // deviation, in radians per half picture
    private static final double WAVE_STRENGTH = 40; // of 255
    private static final double SHIFT_STRENGTH = 30; // of 255, of a whole channel
    private static final double LEAST_STRENGTH = 0.3; // to 1.3 times the overlay's

    private final Frame frame;
    private final WorldModelConfig.Encoder picture;
    private final WorldModelLearningConfig.View view;

    /**
     * @throws IllegalArgumentException if frames with their padding are smaller than pictures, or
     *     have other channels
     */
    PictureView(Frame frame, WorldModelConfig.Encoder picture, WorldModelLearningConfig.View view) {
        this.frame = frame;
        this.picture = picture;
        this.view = view;
        if (frame.channels() != picture.channels()
                || frame.height() < picture.height()
                || frame.width() < picture.width()) {
            throw new IllegalArgumentException(
                    "frames of %d x %d in %d channels do not hold pictures of %d x %d in %d"
                            .formatted(
                                    frame.height(),
                                    frame.width(),
                                    frame.channels(),
                                    picture.height(),
                                    picture.width(),
                                    picture.channels()));
        }
    }

    int size() {
        return picture.channels() * picture.height() * picture.width();
    }

    /**
     * The middle of a frame, channels first, in [0, 255].
     *
     * @param at where the frame begins in {@code frames}
     * @param into filled from {@code to} on
     */
    void middle(byte[] frames, int at, float[] into, int to) {
        int top = (frame.height() - picture.height()) / 2;
        int left = (frame.width() - picture.width()) / 2;
        cut(frames, at, top, left, into, to);
    }

    /** Continues the edge where the cut leaves the frame. */
    private void cut(byte[] frames, int at, int top, int left, float[] into, int to) {
        int channels = frame.channels();
        int wide = picture.width();
        int plane = picture.height() * wide;
        int[] columns = new int[wide];
        for (int x = 0; x < wide; x++) {
            columns[x] = channels * within(x + left, frame.width());
        }
        for (int y = 0; y < picture.height(); y++) {
            int row = at + channels * frame.width() * within(y + top, frame.height());
            for (int channel = 0; channel < channels; channel++) {
                int from = row + channel;
                int pixels = to + channel * plane + y * wide;
                for (int x = 0; x < wide; x++) {
                    into[pixels + x] = frames[from + columns[x]] & 0xff;
                }
            }
        }
    }

    private static int within(int place, int size) {
        return Math.max(0, Math.min(size - 1, place));
    }

    /** How one sequence is shown. */
    final class OfSequence {
        private final int top;
        private final int left;
        private final float[][] waves; // [2 WAVES][pixels]: sine and cosine of each

        private OfSequence(CounterRandom random) {
            int padding = view.padding();
            int high = frame.height() - picture.height() + 2 * padding;
            int wide = frame.width() - picture.width() + 2 * padding;
            top = (int) random.nextLong(high + 1L) - padding;
            left = (int) random.nextLong(wide + 1L) - padding;
            waves = view.overlay() > 0 ? waves(random) : new float[0][];
        }

        private float[][] waves(CounterRandom random) {
            float[][] made = new float[2 * WAVES][picture.height() * picture.width()];
            for (int wave = 0; wave < WAVES; wave++) {
                double across = WAVE_NUMBER * random.nextGaussian();
                double down = WAVE_NUMBER * random.nextGaussian();
                for (int y = 0; y < picture.height(); y++) {
                    double ofRow = down * place(y, picture.height());
                    double rowSine = StrictMath.sin(ofRow);
                    double rowCosine = StrictMath.cos(ofRow);
                    for (int x = 0; x < picture.width(); x++) {
                        made[2 * wave][y * picture.width() + x] = (float) rowSine;
                        made[2 * wave + 1][y * picture.width() + x] = (float) rowCosine;
                    }
                }
                for (int x = 0; x < picture.width(); x++) {
                    double ofColumn = across * place(x, picture.width());
                    float sine = (float) StrictMath.sin(ofColumn);
                    float cosine = (float) StrictMath.cos(ofColumn);
                    for (int pixel = x; pixel < made[0].length; pixel += picture.width()) {
                        float rowSine = made[2 * wave][pixel];
                        float rowCosine = made[2 * wave + 1][pixel];
                        made[2 * wave][pixel] = rowSine * cosine + rowCosine * sine;
                        made[2 * wave + 1][pixel] = rowCosine * cosine - rowSine * sine;
                    }
                }
            }
            return made;
        }

        /** Middle of a pixel, in (-1, 1). */
        private static double place(int pixel, int pixels) {
            return (pixel + 0.5) / pixels * 2 - 1;
        }

        /** Shows one frame of the sequence, channels first, in [0, 255]. */
        void show(byte[] frames, int at, CounterRandom random, float[] into, int to) {
            cut(frames, at, top, left, into, to);
            int plane = picture.height() * picture.width();
            boolean overlaid = view.overlay() > 0;
            if (!overlaid && view.channelGain() == 0) {
                return;
            }
            double[] sines = new double[WAVES];
            double[] cosines = new double[WAVES];
            double strength = 0;
            if (overlaid) {
                strength = view.overlay() * (LEAST_STRENGTH + random.nextDouble());
                for (int wave = 0; wave < WAVES; wave++) {
                    double phase = 2 * Math.PI * random.nextDouble();
                    sines[wave] = StrictMath.cos(phase);
                    cosines[wave] = StrictMath.sin(phase);
                }
            }
            for (int channel = 0; channel < picture.channels(); channel++) {
                float[] factors = new float[waves.length];
                double shift = 0;
                if (overlaid) {
                    for (int wave = 0; wave < WAVES; wave++) {
                        double colour = strength * WAVE_STRENGTH * random.nextGaussian();
                        factors[2 * wave] = (float) (colour * sines[wave]);
                        factors[2 * wave + 1] = (float) (colour * cosines[wave]);
                    }
                    shift = strength * SHIFT_STRENGTH * random.nextGaussian();
                }
                double gain = 1 + view.channelGain() * (2 * random.nextDouble() - 1);
                colour(into, to + channel * plane, plane, factors, (float) shift, (float) gain);
            }
        }

        /** Wave by wave, not pixel by pixel: loops as plain as these run on vectors. */
        private void colour(
                float[] into, int from, int plane, float[] factors, float shift, float gain) {
            for (int pixel = 0; pixel < plane; pixel++) {
                into[from + pixel] += shift;
            }
            for (int wave = 0; wave < factors.length; wave++) {
                float factor = factors[wave];
                float[] ofWave = waves[wave];
                for (int pixel = 0; pixel < plane; pixel++) {
                    into[from + pixel] += factor * ofWave[pixel];
                }
            }
            for (int pixel = 0; pixel < plane; pixel++) {
                into[from + pixel] = Math.max(0, Math.min(255, into[from + pixel] * gain));
            }
        }
    }

    OfSequence draw(CounterRandom random) {
        return new OfSequence(random);
    }
}
