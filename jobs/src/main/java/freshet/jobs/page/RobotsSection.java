package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.schemas.Action;
import freshet.schemas.Measurement;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import freshet.schemas.Telemetry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjDoubleConsumer;

/**
 * Robots: what each sees, earns and misses, and how long actions take.
 *
 * <p>Bounded by {@link #MAX_ROBOTS} robots with one frame of at most {@link #MAX_FRAME_BYTES}, and
 * the newest {@link #LATENCIES} latencies.
 */
final class RobotsSection extends Section {

    private static final int MAX_ROBOTS = 1_000;
    static final int SHOWN = 12;
    private static final int MAX_FRAME_BYTES = 3 * 128 * 128;
    private static final int LATENCIES = 1_024;

    private static final class Robot {
        long episode = -1;
        boolean whole;
        double sum;
        long countedThrough = -1;
        long steps;
        long misses;
        double lastReturn = Double.NaN;
        long at;
        byte[] frame = {};
        Foresight.Shot expected;
        int width;
        int height;
    }

    private final Map<String, Robot> robots = new LinkedHashMap<>();
    private final Timeline curves = new Timeline(3);
    private final double[] latencies = new double[LATENCIES];
    private final ObjDoubleConsumer<Long> returned;
    private String why = "";
    private long actions;
    private long steps;
    private long misses;

    /**
     * @param returned takes the time and the return of every whole episode
     */
    RobotsSection(ObjDoubleConsumer<Long> returned) {
        super("robots");
        this.returned = returned;
    }

    void take(RobotObservation seen, long at) {
        Robot robot = robots.get(seen.getRobot());
        if (robot == null) {
            if (robots.size() == MAX_ROBOTS) {
                return;
            }
            robot = new Robot();
            robots.put(seen.getRobot(), robot);
        }
        if (seen.getEpisode() < robot.episode) {
            return;
        }
        if (seen.getEpisode() > robot.episode) {
            robot.episode = seen.getEpisode();
            robot.whole = seen.getSequence() == 0;
            robot.sum = 0;
            robot.countedThrough = -1;
        }
        robot.at = at;
        count(robot, seen, at);
        ByteBuffer image = seen.getImage();
        if (image != null
                && image.remaining() == 3 * seen.getImageWidth() * seen.getImageHeight()
                && image.remaining() <= MAX_FRAME_BYTES) {
            robot.frame = new byte[image.remaining()];
            image.duplicate().get(robot.frame);
            robot.width = seen.getImageWidth();
            robot.height = seen.getImageHeight();
        }
        if (seen.getTerminal() && robot.whole) {
            robot.lastReturn = robot.sum;
            robot.whole = false; // a repeat of the end counts no second time
            returned.accept(at, robot.sum);
        }
        changed();
    }

    /** What has become known of earlier steps; each rides with several observations. */
    private void count(Robot robot, RobotObservation seen, long at) {
        if (seen.getOutcomes().isEmpty() && seen.getSequence() - 1 > robot.countedThrough) {
            robot.sum += seen.getReward();
            robot.countedThrough = seen.getSequence() - 1;
            countStep(robot, false, at);
        }
        seen.getOutcomes().stream()
                .filter(outcome -> outcome.getSequence() > robot.countedThrough)
                .sorted(java.util.Comparator.comparing(StepOutcome::getSequence))
                .forEach(
                        outcome -> {
                            robot.sum += outcome.getReward();
                            robot.countedThrough = outcome.getSequence();
                            countStep(robot, outcome.getMissed(), at);
                        });
    }

    private void countStep(Robot robot, boolean missed, long at) {
        robot.steps++;
        steps++;
        if (missed) {
            robot.misses++;
            misses++;
        }
        curves.add("misses", at, missed ? 100 : 0); // percent of steps
    }

    void take(Action action, long at) {
        double millis = Math.max(0, action.getActionTime() - action.getObservationTime());
        latencies[(int) (actions % LATENCIES)] = millis;
        actions++;
        curves.add("latency", at, millis);
        changed();
    }

    void measured(Telemetry telemetry, long at) {
        if (!telemetry.getPart().startsWith("robot:")) {
            return;
        }
        for (Measurement point : telemetry.getMeasurements()) {
            if (point.getName().equals("surpriseNats")) {
                curves.add(
                        "surprise",
                        at,
                        (double) point.getCount(),
                        point.getSum(),
                        point.getMin(),
                        point.getMax());
                changed();
            }
        }
    }

    void expected(List<Foresight.Shot> shots) {
        why = "";
        robots.values().forEach(robot -> robot.expected = null);
        for (Foresight.Shot shot : shots) {
            Robot robot = robots.get(shot.robot());
            if (robot != null) {
                robot.expected = shot;
            }
        }
        changed();
    }

    void expectedNothing(String reason) {
        robots.values().forEach(robot -> robot.expected = null);
        why = reason;
        changed();
    }

    @Override
    void write(ObjectNode into, View view) {
        view.write(into);
        into.put("count", robots.size());
        into.put("actions", actions);
        into.put("steps", steps);
        into.put("misses", misses);
        into.put("expectedNot", why);
        double[] rising = Arrays.copyOf(latencies, (int) Math.min(actions, LATENCIES));
        Arrays.sort(rising);
        if (rising.length > 0) {
            into.put("p50Millis", rising[rising.length / 2]);
            into.put("p99Millis", rising[Math.min(rising.length - 1, rising.length * 99 / 100)]);
        }
        curves.write(into.putObject("curves"), view);
        var rows = into.putArray("robots");
        robots.entrySet().stream()
                .limit(SHOWN)
                .forEach(
                        entry -> {
                            Robot robot = entry.getValue();
                            ObjectNode row = rows.addObject();
                            row.put("name", entry.getKey());
                            row.put("episode", robot.episode);
                            row.put("steps", robot.steps);
                            row.put("misses", robot.misses);
                            row.put("millis", robot.at);
                            if (!Double.isNaN(robot.lastReturn)) {
                                row.put("lastReturn", Timeline.rounded(robot.lastReturn));
                            }
                            row.put("width", robot.width);
                            row.put("height", robot.height);
                            row.put("samples", base64(robot.frame));
                            if (robot.expected != null) {
                                write(robot.expected, row.putObject("expected"));
                            }
                        });
    }

    private static void write(Foresight.Shot shot, ObjectNode into) {
        into.put("step", shot.step());
        into.put("past", shot.past());
        into.put("model", shot.model());
        into.put("version", shot.version());
        into.put("candidates", shot.candidates());
        into.put("better", shot.better());
        into.put("width", shot.width());
        into.put("height", shot.height());
        into.put("came", base64(shot.came()));
        into.put("samples", base64(shot.expected()));
    }

    private static String base64(byte[] frame) {
        return Base64.getEncoder().encodeToString(frame);
    }
}
