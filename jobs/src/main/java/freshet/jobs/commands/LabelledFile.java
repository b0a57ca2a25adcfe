package freshet.jobs.commands;

import java.nio.file.Path;

/**
 * A picture to publish, as the user listed it.
 *
 * @param className the class that the user gave; empty: none
 * @param place where the user said so, for messages
 */
record LabelledFile(Path file, String className, String place) {

    LabelledFile {
        className = className.strip();
    }

    boolean hasClass() {
        return !className.isEmpty();
    }
}
