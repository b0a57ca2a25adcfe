package freshet.simulators;

/**
 * A camera on a sphere around the middle of the scene, which it looks at.
 *
 * @param distance from the middle, in usual distances
 * @param horizontal angle to the right, rad
 * @param vertical angle upwards, rad
 * @param roll turn about its own axis, rad
 */
record CameraPose(double distance, double horizontal, double vertical, double roll) {

    static final CameraPose USUAL = new CameraPose(1, 0, 0, 0);
}
