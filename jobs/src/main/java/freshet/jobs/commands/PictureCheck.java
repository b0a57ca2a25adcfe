package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.UnreadableImageException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Looks all files over before the first is sent. Of a bad one, either it stops the command or it is
 * left out, counted and said.
 */
final class PictureCheck {

    /** A file that can be sent. */
    record Sendable(Path file, OptionalInt label, int bytes) {}

    private static final int MOST_SAID = 20;

    private final ImageLimits limits;
    private final boolean skipBad;
    private final PrintWriter err;
    private int skipped;

    /**
     * @param skipBad whether a bad file is left out
     * @param err where files that are left out are named, up to {@value #MOST_SAID}
     */
    PictureCheck(ImageLimits limits, boolean skipBad, PrintWriter err) {
        this.limits = limits;
        this.skipBad = skipBad;
        this.err = err;
    }

    /**
     * The files that can be sent, in their order.
     *
     * @throws CommandFailure naming a bad file, unless those are left out; or if none is left
     */
    List<Sendable> sendable(List<LabelledFile> files, ClassNumbers classes) {
        files.forEach(classes::numberFor); // fails before the long look at all files
        List<Sendable> sendable = new ArrayList<>();
        for (LabelledFile file : files) {
            OptionalInt label = classes.numberFor(file);
            try {
                int bytes = PictureFile.read(file.file(), limits).bytes().length;
                sendable.add(new Sendable(file.file(), label, bytes));
            } catch (UnreadableImageException e) {
                leaveOut(file, e);
            }
        }
        if (sendable.isEmpty()) {
            throw new CommandFailure(
                    "nothing to send: %,d files, of which %,d are bad"
                            .formatted(files.size(), skipped));
        }
        return sendable;
    }

    private void leaveOut(LabelledFile file, UnreadableImageException reason) {
        String path = file.file().toString();
        String said =
                "%s: %s"
                        .formatted(
                                file.place().equals(path) ? path : file.place() + ", " + path,
                                reason.getMessage());
        if (!skipBad) {
            throw new CommandFailure(said + "; --skip-bad leaves such files out", reason);
        }
        skipped++;
        if (skipped <= MOST_SAID) {
            err.println("skipped " + said);
        } else if (skipped == MOST_SAID + 1) {
            err.println("skipped more, which are only counted");
        }
        err.flush();
    }

    int skipped() {
        return skipped;
    }
}
