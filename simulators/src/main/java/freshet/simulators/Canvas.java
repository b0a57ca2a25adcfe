package freshet.simulators;

import java.util.Arrays;

/**
 * Draws pictures through a perspective camera, with smooth edges. Shapes are given in the plane of
 * the robot, in metres, the middle of the picture at (0, 0) for the usual camera; what is drawn
 * later covers what was drawn before.
 *
 * <p>A pixel is covered by the share of its width that a shape overlaps, measured across the
 * shape's nearest edge: exact for straight edges along the pixels, and nearly so for others. Where
 * the camera looks aslant, a pixel counts as wide as at its distance from the camera.
 *
 * <p>Not thread-safe. Holds scratch space of a picture's size, so that one serves many robots.
 */
final class Canvas {

    private final int side;

    /** {@code [side * side]} where a pixel's middle lies in the plane of the robot, m. */
    private final float[] x;

    private final float[] y;

    /** {@code [side * side]} pixels a metre at the same place. */
    private final float[] pixelsAMetre;

    /** {@code [side * side]} where a pixel looks at the far background, in its points. */
    private final float[] skyX;

    private final float[] skyY;

    /** {@code [side * side * 3]} in [0, 1], rows from the top. */
    private final float[] picture;

    private Scene scene;
    private CameraPose pose;

    /**
     * @param side pixels, 8 to 256
     */
    Canvas(int side) {
        if (side < 8 || side > 256) {
            throw new IllegalArgumentException(
                    "pictures are %d pixels wide, must be from 8 to 256".formatted(side));
        }
        this.side = side;
        x = new float[side * side];
        y = new float[side * side];
        pixelsAMetre = new float[side * side];
        skyX = new float[side * side];
        skyY = new float[side * side];
        picture = new float[side * side * 3];
    }

    /** Takes the camera's place for what is drawn from now on. */
    void look(Scene newScene, CameraPose newPose) {
        if (newScene.equals(scene) && newPose.equals(pose)) {
            return;
        }
        scene = newScene;
        pose = newPose;
        double sineAside = StrictMath.sin(pose.horizontal());
        double cosineAside = StrictMath.cos(pose.horizontal());
        double sineUp = StrictMath.sin(pose.vertical());
        double cosineUp = StrictMath.cos(pose.vertical());
        double sineRoll = StrictMath.sin(pose.roll());
        double cosineRoll = StrictMath.cos(pose.roll());
        double distance = pose.distance() * scene.cameraDistance();
        double[] back = {cosineUp * sineAside, sineUp, cosineUp * cosineAside};
        double[] right = {cosineAside, 0, -sineAside};
        double[] up = {-sineUp * sineAside, cosineUp, -sineUp * cosineAside};
        double widest = scene.halfView() / scene.cameraDistance();
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                double toRight = widest * ((2 * column + 1.0) / side - 1);
                double upwards = widest * (1 - (2 * row + 1.0) / side);
                double a = cosineRoll * toRight - sineRoll * upwards;
                double b = sineRoll * toRight + cosineRoll * upwards;
                double rayX = a * right[0] + b * up[0] - back[0];
                double rayY = a * right[1] + b * up[1] - back[1];
                double rayZ = a * right[2] + b * up[2] - back[2];
                double far = -distance * back[2] / rayZ;
                int at = row * side + column;
                x[at] = (float) (distance * back[0] + far * rayX);
                y[at] = (float) (distance * back[1] + far * rayY);
                pixelsAMetre[at] = (float) (side / (2 * widest * far));
                double points = Texture.SIDE / (2 * widest);
                skyX[at] = (float) (-rayX / rayZ * points);
                skyY[at] = (float) (-rayY / rayZ * points);
            }
        }
    }

    /** Fills the whole picture with one grey. */
    void fill(float grey) {
        Arrays.fill(picture, grey);
    }

    /**
     * Lays a texture over what is there.
     *
     * @param share of the texture, in [0, 1]
     * @param seconds for which it has been moving
     */
    void lay(Texture texture, double share, double seconds) {
        float kept = (float) (1 - share);
        float[] colour = new float[3];
        float[] offsets = {
            texture.slid(0, 0, seconds),
            texture.slid(0, 1, seconds),
            texture.slid(1, 0, seconds),
            texture.slid(1, 1, seconds)
        };
        for (int at = 0; at < x.length; at++) {
            colour[0] = 0;
            colour[1] = 0;
            colour[2] = 0;
            texture.addTo(colour, 0, skyX[at] - offsets[0], skyY[at] - offsets[1]);
            texture.addTo(colour, 1, skyX[at] - offsets[2], skyY[at] - offsets[3]);
            for (int i = 0; i < 3; i++) {
                float laid = Math.max(0, Math.min(1, colour[i]));
                picture[at * 3 + i] = kept * picture[at * 3 + i] + (float) share * laid;
            }
        }
    }

    /** A line with round ends. */
    void line(
            double fromX, double fromY, double toX, double toY, double halfWidth, float[] colour) {
        float startX = (float) fromX;
        float startY = (float) fromY;
        float alongX = (float) (toX - fromX);
        float alongY = (float) (toY - fromY);
        float squared = alongX * alongX + alongY * alongY;
        float perSquared = squared == 0 ? 0 : 1 / squared;
        float half = (float) halfWidth;
        for (int at = 0; at < x.length; at++) {
            float offX = x[at] - startX;
            float offY = y[at] - startY;
            float share = (offX * alongX + offY * alongY) * perSquared;
            share = Math.max(0, Math.min(1, share));
            float awayX = offX - share * alongX;
            float awayY = offY - share * alongY;
            float scale = pixelsAMetre[at];
            float squaredAway = awayX * awayX + awayY * awayY;
            float reach = half + 0.5f / scale;
            if (squaredAway >= reach * reach) {
                continue; // most pixels: no root for them
            }
            float away = (float) Math.sqrt(squaredAway);
            paint(at, overlap(away * scale, half * scale), colour);
        }
    }

    void disc(double centreX, double centreY, double radius, float[] colour) {
        line(centreX, centreY, centreX, centreY, radius, colour);
    }

    /** A box along the axes. */
    void box(double centreX, double centreY, double halfWidth, double halfHeight, float[] colour) {
        for (int at = 0; at < x.length; at++) {
            float scale = pixelsAMetre[at];
            float across =
                    overlap(Math.abs(x[at] - (float) centreX) * scale, (float) halfWidth * scale);
            float along =
                    overlap(Math.abs(y[at] - (float) centreY) * scale, (float) halfHeight * scale);
            paint(at, across * along, colour);
        }
    }

    /**
     * Share of a pixel of width 1, {@code away} from the middle of a stripe, that lies within it.
     */
    private static float overlap(float away, float half) {
        return Math.max(0, Math.min(0.5f, half - away) + Math.min(0.5f, half + away));
    }

    private void paint(int at, float share, float[] colour) {
        if (share > 0) {
            for (int i = 0; i < 3; i++) {
                float before = picture[at * 3 + i];
                picture[at * 3 + i] = before + (colour[i] - before) * share;
            }
        }
    }

    /** {@code [side * side * 3]} in [0, 1], rows from the top; valid until more is drawn. */
    float[] picture() {
        return picture;
    }

    /**
     * Writes the picture as 8-bit RGB, rows from the top.
     *
     * @param offset where in {@code frame} the first pixel goes
     */
    void copyTo(byte[] frame, int offset) {
        for (int i = 0; i < picture.length; i++) {
            frame[offset + i] = (byte) (picture[i] * 255 + 0.5f);
        }
    }
}
