package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.robots.RobotLogForm;
import freshet.learners.vision.EncodedImage;
import freshet.learners.vision.Image;
import freshet.learners.vision.ImageDecoder;
import freshet.learners.vision.ImageHeader;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.UnreadableImageException;
import freshet.schemas.Floats;
import freshet.schemas.StepOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads logged episodes, {@link RobotLogForm}. All rows are in memory, a hundred bytes and more
 * each; frames are not.
 */
final class RobotLog {

    /** The largest that a pipeline takes (robots.pixels), and a file that none of them needs. */
    private static final ImageLimits LIMITS = new ImageLimits(8 << 20, 256, 256 * 256);

    private static final int MAX_NAME_CHARACTERS = 256;

    /**
     * One step.
     *
     * @param frame picture file; null if the robot had no camera
     * @param outcome what was done and earned; null if it is not known
     * @param place file and line, for people
     */
    record Step(
            String robot,
            long episode,
            long sequence,
            long millis,
            Path frame,
            boolean terminal,
            float[] felt,
            StepOutcome outcome,
            String place) {}

    /** A frame: {@code [height, width, 3]} 8-bit RGB, rows from the top. */
    record Picture(byte[] rgb, int width, int height) {}

    private final Path folder;
    private final int actuators;
    private final int felt;

    private RobotLog(Path folder, List<String> head) {
        this.folder = folder;
        actuators = RobotLogForm.actuators(head);
        felt = RobotLogForm.felt(head);
    }

    /**
     * The steps of logs in the order of their times, checked; those of a robot go through all logs
     * in the order in which they are given.
     *
     * @param folders of the logs, all with robots of as many actuators and sensors
     * @throws CommandFailure that names file and line of what is wrong, or if there is no step
     */
    static List<Step> read(List<Path> folders) {
        var steps = new ArrayList<Step>();
        Map<String, Step> last = new HashMap<>();
        folders.forEach(folder -> read(folder, last, steps));
        if (steps.isEmpty()) {
            throw new CommandFailure("nothing to send: no step in %s".formatted(folders));
        }
        steps.sort(Comparator.comparingLong(Step::millis)); // stable: steps of a robot stay as is
        return steps;
    }

    private static void read(Path folder, Map<String, Step> last, List<Step> steps) {
        Path file = folder.resolve(RobotLogForm.FILE);
        List<CsvFile.Row> rows = CsvFile.read(file);
        if (rows.isEmpty()) {
            throw new CommandFailure("%s is empty".formatted(file));
        }
        List<String> head = rows.get(0).cells();
        var log = new RobotLog(folder, head);
        if (log.actuators < 1 || !head.equals(RobotLogForm.head(log.actuators, log.felt))) {
            throw new CommandFailure(
                    "%s line 1: columns must be %s,action_0 ..., then felt_0 ... if any"
                            .formatted(file, String.join(",", RobotLogForm.COLUMNS)));
        }
        for (CsvFile.Row row : rows.subList(1, rows.size())) {
            String place = "%s line %d".formatted(file, row.line());
            try {
                Step step = log.step(row.cells(), place);
                checkFollows(last.put(step.robot(), step), step);
                steps.add(step);
            } catch (IllegalArgumentException e) {
                throw new CommandFailure("%s: %s".formatted(place, e.getMessage()), e);
            }
        }
    }

    private Step step(List<String> cells, String place) {
        int expected = RobotLogForm.COLUMNS.size() + actuators + felt;
        check(
                cells.size() == expected,
                () -> "%d cells, expected %d".formatted(cells.size(), expected));
        String robot = cells.get(0);
        check(
                !robot.isEmpty() && robot.length() <= MAX_NAME_CHARACTERS,
                () ->
                        "robot has %d characters, must have 1 to %d"
                                .formatted(robot.length(), MAX_NAME_CHARACTERS));
        long sequence = count("sequence", cells.get(2));
        int first = RobotLogForm.COLUMNS.size();
        float[] feltNow = new float[felt];
        for (int i = 0; i < felt; i++) {
            String cell = cells.get(first + actuators + i);
            feltNow[i] = number("felt_" + i, cell, -Float.MAX_VALUE, Float.MAX_VALUE);
        }
        return new Step(
                robot,
                count("episode", cells.get(1)),
                sequence,
                count("millis", cells.get(3)),
                cells.get(4).isEmpty() ? null : frame(cells.get(4)),
                truth("terminal", cells.get(7)),
                feltNow,
                outcome(sequence, cells),
                place);
    }

    /** A path within the log's folder. */
    private Path frame(String cell) {
        Path path = folder.resolve(cell).normalize();
        check(
                path.startsWith(folder.normalize()),
                () -> "frame %s is outside the folder".formatted(cell));
        return path;
    }

    private StepOutcome outcome(long sequence, List<String> cells) {
        int first = RobotLogForm.COLUMNS.size();
        List<String> known = new ArrayList<>(cells.subList(first, first + actuators));
        known.addAll(cells.subList(5, 7));
        if (known.stream().allMatch(String::isEmpty)) {
            return null;
        }
        check(
                known.stream().noneMatch(String::isEmpty),
                () -> "reward, missed and actions must be there all, or none of them");
        float reward = number("reward", cells.get(5), 0, 1);
        float[] action = new float[actuators];
        for (int i = 0; i < actuators; i++) {
            action[i] = number("action_" + i, cells.get(first + i), -1, 1);
        }
        return new StepOutcome(
                sequence, reward, Floats.list(action), truth("missed", cells.get(6)));
    }

    private static void checkFollows(Step before, Step step) {
        if (before == null) {
            return;
        }
        boolean follows =
                step.episode() == before.episode()
                        ? !before.terminal() && step.sequence() > before.sequence()
                        : step.episode() > before.episode();
        check(
                follows,
                () ->
                        "step %d of episode %d of %s follows step %d of episode %d%s"
                                .formatted(
                                        step.sequence(),
                                        step.episode(),
                                        step.robot(),
                                        before.sequence(),
                                        before.episode(),
                                        before.terminal() ? ", its last" : ""));
        check(
                step.millis() >= before.millis(),
                () ->
                        "millis is %d, before the %d of the step before"
                                .formatted(step.millis(), before.millis()));
    }

    private static long count(String column, String cell) {
        try {
            long value = Long.parseLong(cell);
            check(value >= 0, () -> "%s is %d, must not be negative".formatted(column, value));
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s is '%s', must be a whole number".formatted(column, cell), e);
        }
    }

    private static float number(String column, String cell, float least, float most) {
        try {
            float value = Float.parseFloat(cell);
            check(
                    value >= least && value <= most, // false for what is no number
                    () -> "%s is %s, must be in [%s, %s]".formatted(column, cell, least, most));
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s is '%s', must be a number".formatted(column, cell), e);
        }
    }

    private static boolean truth(String column, String cell) {
        check(
                cell.equals("true") || cell.equals("false"),
                () -> "%s is '%s', must be true or false".formatted(column, cell));
        return cell.equals("true");
    }

    private static void check(boolean right, Supplier<String> wrong) {
        if (!right) {
            throw new IllegalArgumentException(wrong.get());
        }
    }

    /**
     * The frame of a step; its size is looked at before it is decoded.
     *
     * @return null if it has none
     * @throws CommandFailure that names row and file
     */
    static Picture picture(Step step) {
        if (step.frame() == null) {
            return null;
        }
        try {
            PictureFile file = PictureFile.read(step.frame(), LIMITS);
            ImageHeader header = file.header();
            Image image =
                    new ImageDecoder(LIMITS)
                            .decode(
                                    new EncodedImage(
                                            header.format(),
                                            header.width(),
                                            header.height(),
                                            header.channels(),
                                            header.bitsPerChannel(),
                                            file.bytes()));
            return new Picture(rgb(image), image.width(), image.height());
        } catch (UnreadableImageException e) {
            throw new CommandFailure(
                    "%s: frame %s: %s".formatted(step.place(), step.frame(), e.getMessage()), e);
        }
    }

    private static byte[] rgb(Image image) {
        int pixels = image.width() * image.height();
        byte[] rgb = new byte[3 * pixels];
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int colour = 0; colour < 3; colour++) {
                int plane = image.channels() == 3 ? colour : 0; // grey is repeated
                float sample = image.samples()[plane * pixels + pixel];
                rgb[3 * pixel + colour] = (byte) Math.round(255 * sample);
            }
        }
        return rgb;
    }
}
