package freshet.simulators;

/**
 * What disturbs a camera without mattering, each by its scale; 0 switches it off.
 *
 * <p>Source: Stone et al., "The Distracting Control Suite" (arXiv:2101.02722; files {@code
 * suite_utils.py}, {@code camera.py}, {@code color.py}), in its dynamic form. Differs in the
 * background: there a video of DAVIS-2017 stands behind the robot in full strength whatever the
 * scale, here a moving texture whose strength grows with the scale; 4, 8 or 60 textures to learn
 * on, and others to test on, are as there.
 *
 * @param background strength and variety of the moving texture, in [0, 1]
 * @param colour by how much each material's red, green and blue may be off, in [0, 1]
 * @param camera of how far it turns around the robot, rolls and zooms, in [0, 0.4]: from farther
 *     aside it would look past the plane of the robot
 * @param heldOut whether textures are those kept for tests
 */
public record Distractions(double background, double colour, double camera, boolean heldOut) {

    public static final Distractions NONE = ofScale(0);
    public static final Distractions EASY = ofScale(0.1);
    public static final Distractions MEDIUM = ofScale(0.2);
    public static final Distractions HARD = ofScale(0.3);

    private static final double MOST_CAMERA = 0.4;

    /** Scale from which a texture hides the plain background wholly. */
    private static final double FULL_BACKGROUND = 0.3;

    public Distractions {
        check("background", background, 1);
        check("colour", colour, 1);
        check("camera", camera, MOST_CAMERA);
    }

    private static void check(String name, double scale, double most) {
        if (!(scale >= 0 && scale <= most)) {
            throw new IllegalArgumentException(
                    "%s distraction is %s, must be from 0 to %s".formatted(name, scale, most));
        }
    }

    /** All three at one scale, textures to learn on. */
    public static Distractions ofScale(double scale) {
        return new Distractions(scale, scale, scale, false);
    }

    /**
     * @param name none, easy, medium or hard
     */
    public static Distractions named(String name) {
        return switch (name) {
            case "none" -> NONE;
            case "easy" -> EASY;
            case "medium" -> MEDIUM;
            case "hard" -> HARD;
            default ->
                    throw new IllegalArgumentException(
                            "no distraction %s, only none, easy, medium, hard".formatted(name));
        };
    }

    public Distractions withBackground(double scale) {
        return new Distractions(scale, colour, camera, heldOut);
    }

    public Distractions withColour(double scale) {
        return new Distractions(background, scale, camera, heldOut);
    }

    public Distractions withCamera(double scale) {
        return new Distractions(background, colour, scale, heldOut);
    }

    public Distractions onTestTextures() {
        return new Distractions(background, colour, camera, true);
    }

    /** Share of the texture in the background, in [0, 1]. */
    double textureShare() {
        return Math.min(1, background / FULL_BACKGROUND);
    }

    /** Textures of which each episode has one. */
    int textures() {
        if (background <= 0.1) {
            return 4;
        }
        if (background <= 0.2) {
            return 8;
        }
        return heldOut ? 30 : 60;
    }
}
