package freshet.jobs.robots;

import freshet.jobs.CommandFailure;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * Logs robots' observations in the form of {@link RobotLogForm}. What a robot did at a step is told
 * by its next observation, so a row is written then; rows of a robot stay in order.
 *
 * <p>State: one unwritten row for each robot, and their numbers. Not thread-safe.
 */
public final class RobotLogWriter implements AutoCloseable {

    private final Path folder;
    private final int actuators;
    private final Writer rows;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final Map<String, RobotObservation> unwritten = new LinkedHashMap<>();
    private int felt = -1; // as the first observation has it

    /**
     * @param folder made if it is not there
     * @param actuators numbers of an action
     * @throws CommandFailure if there is a log in the folder, or it cannot be written
     */
    public RobotLogWriter(Path folder, int actuators) {
        this.folder = folder;
        this.actuators = actuators;
        Path file = folder.resolve(RobotLogForm.FILE);
        if (Files.exists(file)) {
            throw new CommandFailure("%s is there already".formatted(file));
        }
        try {
            Files.createDirectories(folder);
            rows = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private CommandFailure unwritable(IOException e) {
        return new CommandFailure("cannot write log %s: %s".formatted(folder, e), e);
    }

    /**
     * Takes the next observation of its robot.
     *
     * @throws CommandFailure if the log cannot be written
     */
    public void take(RobotObservation observation) {
        try {
            if (felt < 0) {
                felt = observation.getProprioception().size();
                write(RobotLogForm.head(actuators, felt));
            }
            RobotObservation before = unwritten.remove(observation.getRobot());
            if (before != null) {
                writeRow(before, outcome(before, observation));
            }
            if (observation.getImage() != null) {
                writeFrame(observation);
            }
            if (observation.getTerminal()) {
                writeRow(observation, null);
                rows.flush(); // rare, and what is read when the process was killed
            } else {
                unwritten.put(observation.getRobot(), observation);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** What became of a step, as a later observation tells it; null if that does not. */
    private static StepOutcome outcome(RobotObservation step, RobotObservation later) {
        if (step.getEpisode() != later.getEpisode()) {
            return null;
        }
        return later.getOutcomes().stream()
                .filter(outcome -> outcome.getSequence() == step.getSequence())
                .findFirst()
                .orElse(null);
    }

    private void writeRow(RobotObservation step, StepOutcome outcome) throws IOException {
        List<String> cells = new ArrayList<>();
        cells.add(step.getRobot());
        cells.add(String.valueOf(step.getEpisode()));
        cells.add(String.valueOf(step.getSequence()));
        cells.add(String.valueOf(step.getEventTime()));
        cells.add(step.getImage() == null ? "" : framePath(step));
        cells.add(outcome == null ? "" : String.valueOf(outcome.getReward()));
        cells.add(outcome == null ? "" : String.valueOf(outcome.getMissed()));
        cells.add(String.valueOf(step.getTerminal()));
        for (int i = 0; i < actuators; i++) {
            cells.add(outcome == null ? "" : String.valueOf(outcome.getAction().get(i)));
        }
        for (int i = 0; i < felt; i++) {
            cells.add(String.valueOf(step.getProprioception().get(i)));
        }
        write(cells);
    }

    private void write(List<String> cells) throws IOException {
        rows.write(String.join(",", cells.stream().map(RobotLogWriter::quoted).toList()) + "\n");
    }

    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(one -> one == ',' || one == '"' || one < ' ');
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    /** By the robot's number: its name may be none for a file. */
    private String framePath(RobotObservation step) {
        int number = numbers.computeIfAbsent(step.getRobot(), name -> numbers.size());
        return "frames/%d/%d/%06d.png".formatted(number, step.getEpisode(), step.getSequence());
    }

    private void writeFrame(RobotObservation step) throws IOException {
        int width = step.getImageWidth();
        var image = new BufferedImage(width, step.getImageHeight(), BufferedImage.TYPE_INT_RGB);
        ByteBuffer samples = step.getImage().duplicate();
        for (int pixel = 0; pixel < width * step.getImageHeight(); pixel++) {
            int rgb =
                    (samples.get() & 0xFF) << 16
                            | (samples.get() & 0xFF) << 8
                            | samples.get() & 0xFF;
            image.setRGB(pixel % width, pixel / width, rgb);
        }
        Path file = folder.resolve(framePath(step));
        Files.createDirectories(file.getParent());
        try (var out = Files.newOutputStream(file)) {
            ImageIO.write(image, "png", out);
        }
    }

    /** Writes also the steps of which nothing became known. */
    @Override
    public void close() {
        try (rows) {
            for (RobotObservation step : unwritten.values()) {
                writeRow(step, null);
            }
            unwritten.clear();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }
}
