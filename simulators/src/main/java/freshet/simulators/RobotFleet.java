package freshet.simulators;

import java.util.ArrayList;
import java.util.List;

/**
 * Robots of one task, numbered from 0, with one camera's scratch space for all. Robot {@code i}
 * does and sees the same in a fleet of any size. Not thread-safe: for more cores, more fleets.
 */
public final class RobotFleet {

    /** Least and most pixels to each side that a task is legible at. */
    public static final int MIN_SIDE = 24;

    public static final int MAX_SIDE = 84;

    private final Task task;
    private final int side;
    private final Canvas canvas;
    private final List<SimulatedRobot> robots = new ArrayList<>();

    /**
     * @param count of robots, from 1
     * @param side of a picture, pixels, {@link #MIN_SIDE} to {@link #MAX_SIDE}
     */
    public RobotFleet(Task.Name name, int count, int side, Distractions distractions, long seed) {
        this(name, 0, count, side, distractions, seed);
    }

    /**
     * @param first number of the first robot: fleets of one seed divide the numbers among them
     */
    public RobotFleet(
            Task.Name name, int first, int count, int side, Distractions distractions, long seed) {
        if (count < 1) {
            throw new IllegalArgumentException("%d robots, must be at least 1".formatted(count));
        }
        if (side < MIN_SIDE || side > MAX_SIDE) {
            throw new IllegalArgumentException(
                    "pictures are %d pixels wide, must be from %d to %d"
                            .formatted(side, MIN_SIDE, MAX_SIDE));
        }
        task = Task.of(name);
        this.side = side;
        canvas = new Canvas(side);
        Textures textures = new Textures(distractions);
        for (int i = 0; i < count; i++) {
            robots.add(new SimulatedRobot(Task.of(name), distractions, textures, seed, first + i));
        }
    }

    public int count() {
        return robots.size();
    }

    /** Pixels to each side. */
    public int side() {
        return side;
    }

    /** Bytes of one picture. */
    public int frameBytes() {
        return side * side * 3;
    }

    /** What all of them are; only for what does not move. */
    public Task task() {
        return task;
    }

    /**
     * @param place in this fleet, from 0
     */
    public SimulatedRobot robot(int place) {
        return robots.get(place);
    }

    /**
     * All robots act; one at the end of its episode begins the next first.
     *
     * @param actions {@code [N, A]}
     * @param rewards {@code [N]} to be filled
     */
    public void act(float[] actions, float[] rewards) {
        for (int i = 0; i < robots.size(); i++) {
            SimulatedRobot robot = robots.get(i);
            if (robot.atEnd()) {
                robot.startEpisode();
            }
            rewards[i] = robot.act(actions, i * task.actuators());
        }
    }

    /**
     * Draws what every robot sees.
     *
     * @param frames {@code [N, side, side, 3]} to be filled, 8-bit RGB, rows from the top
     */
    public void see(byte[] frames) {
        for (int i = 0; i < robots.size(); i++) {
            see(i, frames, i * frameBytes());
        }
    }

    /** Draws what one robot sees, from {@code offset} on. */
    public void see(int place, byte[] frame, int offset) {
        robots.get(place).draw(canvas);
        canvas.copyTo(frame, offset);
    }
}
