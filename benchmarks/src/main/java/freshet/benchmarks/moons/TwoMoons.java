package freshet.benchmarks.moons;

import freshet.learners.tensor.CounterRandom;

/**
 * Points on two interleaved half circles of radius 1, one a class, with Gaussian noise, turned
 * about the middle of both.
 *
 * @param points {@code [n, 2]}, the middle at (0, 0)
 * @param labels {@code [n]}, 0 the upper and 1 the lower half circle before the turn
 */
record TwoMoons(float[] points, int[] labels) {

    private static final double MIDDLE_X = 0.5;
    private static final double MIDDLE_Y = 0.25;

    /**
     * Draws points, each class as likely.
     *
     * @param degrees counter-clockwise
     * @param noise deviation in each direction
     */
    static TwoMoons draw(int count, double degrees, double noise, CounterRandom random) {
        float[] points = new float[2 * count];
        int[] labels = new int[count];
        double cosine = StrictMath.cos(Math.toRadians(degrees));
        double sine = StrictMath.sin(Math.toRadians(degrees));
        for (int i = 0; i < count; i++) {
            labels[i] = (int) random.nextLong(2);
            double angle = Math.PI * random.nextDouble();
            boolean upper = labels[i] == 0;
            double x = upper ? StrictMath.cos(angle) : 1 - StrictMath.cos(angle);
            double y = upper ? StrictMath.sin(angle) : 0.5 - StrictMath.sin(angle);
            x += noise * random.nextGaussian() - MIDDLE_X;
            y += noise * random.nextGaussian() - MIDDLE_Y;
            points[2 * i] = (float) (cosine * x - sine * y);
            points[2 * i + 1] = (float) (sine * x + cosine * y);
        }
        return new TwoMoons(points, labels);
    }

    int count() {
        return labels.length;
    }
}
