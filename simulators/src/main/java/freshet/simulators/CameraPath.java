package freshet.simulators;

import freshet.learners.tensor.CounterRandom;

/**
 * A camera that wanders around the scene through one episode.
 *
 * <p>Source: {@code camera.py} and {@code suite_utils.py} of the Distracting Control Suite. With
 * scale s it turns up to {@code s pi/2} to the sides and upwards (also downwards where the robot
 * lies in a level plane), rolls up to {@code s pi/2}, and goes from {@code 1 - s/2} to {@code 1 + 3
 * s/2} of its usual distance. Its velocity is a walk, in usual distances a step: deviation {@code
 * 0.1 s / 4}, at most {@code 0.4 s / 4}; of the roll {@code s pi/300} and {@code s pi/50}. A
 * velocity that leads out of the range is cut at its edge.
 */
final class CameraPath {

    private static final double USUAL_DISTANCE = 4;

    private final double scale;
    private final boolean seenFromBelow;
    private final double[] velocity = new double[3];
    private double rollVelocity;
    private CameraPose pose = CameraPose.USUAL;

    CameraPath(double scale, boolean seenFromBelow) {
        this.scale = scale;
        this.seenFromBelow = seenFromBelow;
    }

    CameraPose pose() {
        return pose;
    }

    void start(CounterRandom random) {
        if (scale == 0) {
            return;
        }
        double angle = Math.PI / 2 * scale;
        pose =
                new CameraPose(
                        between(1 - 0.5 * scale, 1 + 1.5 * scale, random.nextDouble()),
                        between(-angle, angle, random.nextDouble()),
                        between(seenFromBelow ? -angle : 0, angle, random.nextDouble()),
                        between(-angle, angle, random.nextDouble()));
        double speed = 0.4 * scale / USUAL_DISTANCE * random.nextDouble();
        for (int i = 0; i < 3; i++) {
            velocity[i] = random.nextGaussian();
        }
        scaleVelocity(speed / speed());
        rollVelocity = Math.PI / 50 * scale * (2 * random.nextDouble() - 1);
    }

    void step(CounterRandom random) {
        if (scale == 0) {
            return;
        }
        for (int i = 0; i < 3; i++) {
            velocity[i] += 0.1 * scale / USUAL_DISTANCE * random.nextGaussian();
        }
        double most = 0.4 * scale / USUAL_DISTANCE;
        if (speed() > most) {
            scaleVelocity(most / speed());
        }
        double mostRoll = Math.PI / 50 * scale;
        rollVelocity += Math.PI / 300 * scale * random.nextGaussian();
        rollVelocity = clip(rollVelocity, -mostRoll, mostRoll);
        move();
    }

    private void move() {
        double[] from = position(pose);
        double x = from[0] + velocity[0];
        double y = from[1] + velocity[1];
        double z = from[2] + velocity[2];
        double distance = Math.sqrt(x * x + y * y + z * z);
        double angle = Math.PI / 2 * scale;
        CameraPose moved =
                new CameraPose(
                        clip(distance, 1 - 0.5 * scale, 1 + 1.5 * scale),
                        clip(StrictMath.atan2(x, z), -angle, angle),
                        clip(StrictMath.asin(y / distance), seenFromBelow ? -angle : 0, angle),
                        clip(pose.roll() + rollVelocity, -angle, angle));
        double[] to = position(moved);
        for (int i = 0; i < 3; i++) {
            velocity[i] = to[i] - from[i];
        }
        rollVelocity = moved.roll() - pose.roll();
        pose = moved;
    }

    /** To the right, upwards and in front of the scene, in usual distances. */
    private static double[] position(CameraPose pose) {
        double level = pose.distance() * StrictMath.cos(pose.vertical());
        return new double[] {
            level * StrictMath.sin(pose.horizontal()),
            pose.distance() * StrictMath.sin(pose.vertical()),
            level * StrictMath.cos(pose.horizontal())
        };
    }

    private double speed() {
        double sum = 0;
        for (double one : velocity) {
            sum += one * one;
        }
        return Math.sqrt(sum);
    }

    private void scaleVelocity(double factor) {
        for (int i = 0; i < 3; i++) {
            velocity[i] *= factor;
        }
    }

    private static double between(double least, double most, double share) {
        return least + (most - least) * share;
    }

    private static double clip(double value, double least, double most) {
        return Math.max(least, Math.min(most, value));
    }
}
