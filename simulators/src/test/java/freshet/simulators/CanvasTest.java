package freshet.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CanvasTest {

    private static final int SIDE = 32;
    private static final float[] WHITE = {1, 1, 1};

    /** 32 pixels over 3.2 m: a pixel is 0.1 m wide. */
    private static final Scene SCENE = new Scene(1.6, 4, false, 0, new float[][] {WHITE});

    @Test
    void boxCoversItsAreaWhereverItLies() {
        for (double shift : new double[] {0, 0.03, 0.05, 0.081}) {
            Canvas canvas = canvas(CameraPose.USUAL);
            canvas.box(shift, -shift / 3, 0.25, 0.17, WHITE);
            // 5 x 3.4 pixels
            assertThat(covered(canvas)).isCloseTo(17, within(1e-3));
        }
    }

    @Test
    void lineThinnerThanAPixelIsAsFaintAsItIsThin() {
        Canvas canvas = canvas(CameraPose.USUAL);
        canvas.line(-5, 0.013, 5, 0.013, 0.02, WHITE);
        // through all 32 columns, 0.4 pixels wide
        assertThat(covered(canvas)).isCloseTo(32 * 0.4, within(1e-3));
    }

    @Test
    void wideLineCoversItsWidth() {
        Canvas canvas = canvas(CameraPose.USUAL);
        canvas.line(0.021, -5, 0.021, 5, 0.13, WHITE);
        assertThat(covered(canvas)).isCloseTo(32 * 2.6, within(1e-3));
    }

    @Test
    void discCoversNearlyItsArea() {
        Canvas canvas = canvas(CameraPose.USUAL);
        canvas.disc(0.23, 0.11, 0.7, WHITE);
        // pi 7² = 153.9; an edge 1 pixel wide adds pi / 12 for the curvature
        assertThat(covered(canvas)).isCloseTo(154.2, within(0.5));
    }

    @Test
    void upIsUpAndRightIsRight() {
        Canvas canvas = canvas(CameraPose.USUAL);
        canvas.box(1.55, 1.55, 0.05, 0.05, WHITE);
        assertThat(pixel(canvas, 0, SIDE - 1)).isCloseTo(1, within(1e-4f));
        assertThat(covered(canvas)).isCloseTo(1, within(1e-3));
    }

    @Test
    void mirroredShapesGiveMirroredPictures() {
        Canvas one = canvas(CameraPose.USUAL);
        one.line(0, 0, 0.8, 0.5, 0.15, WHITE);
        Canvas other = canvas(CameraPose.USUAL);
        other.line(0, 0, -0.8, 0.5, 0.15, WHITE);
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                assertThat(pixel(other, row, SIDE - 1 - column))
                        .isCloseTo(pixel(one, row, column), within(1e-5f));
            }
        }
    }

    @Test
    void cameraTwiceAsFarAwaySeesAQuarter() {
        Canvas canvas = canvas(new CameraPose(2, 0, 0, 0));
        canvas.box(0, 0, 0.6, 0.6, WHITE);
        assertThat(covered(canvas)).isCloseTo(144 / 4, within(1e-2));
    }

    @Test
    void cameraRolledByARightAngleTurnsThePicture() {
        Canvas upright = canvas(CameraPose.USUAL);
        upright.line(0, 0, 0, 1, 0.15, WHITE);
        Canvas rolled = canvas(new CameraPose(1, 0, 0, Math.PI / 2));
        rolled.line(0, 0, 0, 1, 0.15, WHITE);
        // A camera rolled to the left sees what is up to its right.
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                assertThat(pixel(rolled, column, SIDE - 1 - row))
                        .isCloseTo(pixel(upright, row, column), within(1e-4f));
            }
        }
    }

    @Test
    void cameraFromTheSideSeesThingsNarrowedAndKeepsTheMiddle() {
        Canvas canvas = canvas(new CameraPose(1, Math.PI / 3, 0, 0));
        canvas.box(0, 0, 0.2, 0.2, WHITE);
        // cos 60° = 1/2 of 4 x 4 pixels
        assertThat(covered(canvas)).isCloseTo(8, within(0.8));
        double left = 0;
        double right = 0;
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE / 2; column++) {
                left += pixel(canvas, row, column);
                right += pixel(canvas, row, SIDE - 1 - column);
            }
        }
        assertThat(left)
                .as("the nearer half is larger, but not by much")
                .isCloseTo(right, within(0.6));
    }

    @Test
    void cameraAtTheFarEndOfItsLargestRangeStillSeesThePlaneEverywhere() {
        double angle = 0.4 * Math.PI / 2;
        for (int corner = 0; corner < 8; corner++) {
            double aside = (corner & 1) == 0 ? angle : -angle;
            double up = (corner & 2) == 0 ? angle : -angle;
            double roll = (corner & 4) == 0 ? angle : -angle;
            Canvas canvas = new Canvas(SIDE);
            canvas.look(new CartPoleTask(false).scene(), new CameraPose(0.8, aside, up, roll));
            canvas.fill(0);
            canvas.box(0, 0, 1e6, 1e6, WHITE); // all of the plane
            assertThat(covered(canvas)).isCloseTo(SIDE * SIDE, within(1e-2));
        }
    }

    @Test
    void laterCoversEarlier() {
        Canvas canvas = canvas(CameraPose.USUAL);
        canvas.box(0, 0, 1, 1, WHITE);
        canvas.box(0, 0, 0.5, 0.5, new float[] {0.5f, 0.25f, 0});
        byte[] frame = new byte[SIDE * SIDE * 3];
        canvas.copyTo(frame, 0);
        int middle = (SIDE / 2 * SIDE + SIDE / 2) * 3;
        // 255 times the colour, rounded
        assertThat(frame[middle] & 0xFF).isEqualTo(128);
        assertThat(frame[middle + 1] & 0xFF).isEqualTo(64);
        assertThat(frame[middle + 2] & 0xFF).isZero();
        assertThat(frame[0]).isZero();
    }

    private static Canvas canvas(CameraPose pose) {
        Canvas canvas = new Canvas(SIDE);
        canvas.look(SCENE, pose);
        canvas.fill(0);
        return canvas;
    }

    /** Pixels, the parts of those partly covered added up. */
    private static double covered(Canvas canvas) {
        double sum = 0;
        for (float one : canvas.picture()) {
            sum += one;
        }
        return sum / 3;
    }

    private static float pixel(Canvas canvas, int row, int column) {
        return canvas.picture()[(row * SIDE + column) * 3];
    }
}
