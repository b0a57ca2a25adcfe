package freshet.simulators;

/**
 * What a task's camera sees when nothing distracts it.
 *
 * @param halfView half the side of the picture in the plane of the robot, m
 * @param cameraDistance of the camera from that plane, m
 * @param seenFromBelow whether a wandering camera may also look from below: where the robot lies in
 *     a level plane
 * @param background grey in [0, 1]
 * @param colours {@code [C][3]} red, green, blue of each material, in [0, 1]
 */
record Scene(
        double halfView,
        double cameraDistance,
        boolean seenFromBelow,
        float background,
        float[][] colours) {}
