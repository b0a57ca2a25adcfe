package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.commands.CsvFile.Row;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which pictures to publish, in which order and with which classes, before any is looked at. */
final class LabelledFiles {

    private static final int COLUMNS = 2;
    private static final Set<String> PATH_HEADINGS = Set.of("path", "file", "filename", "image");
    private static final Set<String> CLASS_HEADINGS = Set.of("class", "label");

    private LabelledFiles() {}

    /**
     * All files below a folder, by path: the folder directly below names the class, files beside
     * such folders have none. Names that begin with a dot are left out.
     *
     * @throws CommandFailure if it is no folder or cannot be read
     */
    static List<LabelledFile> below(Path folder) {
        requireFolder(folder);
        List<LabelledFile> files = new ArrayList<>();
        for (Path file : InputFiles.below(folder)) {
            Path within = folder.relativize(file);
            if (!isHidden(within)) {
                String className = within.getNameCount() > 1 ? within.getName(0).toString() : "";
                files.add(new LabelledFile(file, className, file.toString()));
            }
        }
        return files;
    }

    /**
     * The files that a CSV file lists, in its order: path within the folder, class. A first row of
     * headings is left out.
     *
     * @throws CommandFailure naming the line, if a row has not two cells or leads out of the folder
     */
    static List<LabelledFile> listed(Path csv, Path folder) {
        requireFolder(folder);
        List<Row> rows = CsvFile.read(csv);
        List<LabelledFile> files = new ArrayList<>();
        boolean headed = !rows.isEmpty() && isHeading(rows.get(0).cells());
        for (Row row : headed ? rows.subList(1, rows.size()) : rows) {
            String place = "%s line %d".formatted(csv, row.line());
            if (row.cells().size() != COLUMNS) {
                throw new CommandFailure(
                        "%s has %d cells, must have a path and a class"
                                .formatted(place, row.cells().size()));
            }
            Path file = within(folder, row.cells().get(0), place);
            files.add(new LabelledFile(file, row.cells().get(1), place));
        }
        return files;
    }

    private static void requireFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure("%s is not a folder".formatted(folder));
        }
    }

    private static boolean isHidden(Path within) {
        for (Path name : within) {
            if (name.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHeading(List<String> cells) {
        return cells.size() == COLUMNS
                && PATH_HEADINGS.contains(cells.get(0).strip().toLowerCase(Locale.ROOT))
                && CLASS_HEADINGS.contains(cells.get(1).strip().toLowerCase(Locale.ROOT));
    }

    private static Path within(Path folder, String path, String place) {
        try {
            Path file = folder.resolve(path);
            if (!path.isEmpty() && absolute(file).startsWith(absolute(folder))) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new CommandFailure("%s: %s".formatted(place, e.getMessage()), e);
        }
        throw new CommandFailure("%s: '%s' is not a path within %s".formatted(place, path, folder));
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }
}
