package freshet.jobs.plot;

import freshet.jobs.CommandFailure;
import java.io.IOException;

/** Draws what has text in it: without a screen, but with the fonts that fontconfig finds. */
public final class TextDrawing {

    /** What draws. */
    @FunctionalInterface
    public interface Drawing {
        void draw() throws IOException;
    }

    private TextDrawing() {}

    /**
     * @throws CommandFailure if this Java finds no fonts
     */
    public static void draw(Drawing drawing) throws IOException {
        System.setProperty("java.awt.headless", "true");
        try {
            drawing.draw();
        } catch (RuntimeException | LinkageError | InternalError e) {
            throw new CommandFailure(
                    "this Java draws no text (%s); install fontconfig and a font, such as"
                                    .formatted(e)
                            + " fonts-dejavu-core",
                    e);
        }
    }
}
