package freshet.learners.worldmodel;

import freshet.learners.tensor.CounterRandom;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Experience without a replay: of each robot's steps as they come, windows of T consecutive steps
 * of one episode, each handed out once, with all others that were completed since the last update.
 * A gap and the end of an episode end the steps that wait: no window reaches over them, and the
 * last steps of an episode may be in none.
 *
 * <p>State: of each robot at most T - 1 steps and its place in the stream. If they take more than
 * the bytes allowed, where a robot counts as one step at least, the robot that was silent longest
 * is forgotten.
 */
final class StreamWindows implements ExperienceStore {

    private final Frame frame;
    private final int numbers; // of one step: proprioception, action, reward
    private final WorldModelLearningConfig.Windows windows;
    private LinkedHashMap<String, Open> robots = new LinkedHashMap<>(); // the silent ones first
    private List<Window> complete = new ArrayList<>(); // empty between two updates
    private long seen; // steps ever taken

    /**
     * @param values proprioception, action, reward
     */
    private record Seen(byte[] picture, float[] values) {}

    /**
     * A robot's place and what waits for a window.
     *
     * @param next sequence number that would go on
     */
    private record Open(long episode, long next, List<Seen> steps) {}

    private record Window(List<Seen> steps) implements Sequence {

        @Override
        public byte[] pictures(int step) {
            return steps.get(step).picture;
        }

        @Override
        public int pictureAt(int step) {
            return 0;
        }

        @Override
        public float[] values(int step) {
            return steps.get(step).values;
        }

        @Override
        public int valuesAt(int step) {
            return 0;
        }
    }

    StreamWindows(
            Frame frame,
            int proprioception,
            int actions,
            WorldModelLearningConfig.Windows windows) {
        this.frame = frame;
        this.numbers = proprioception + actions + 1;
        this.windows = windows;
        if (windows.bytes() < windows.steps() * stepBytes()) {
            throw new IllegalArgumentException(
                    "windows.bytes is %d, a window of %d steps needs %d"
                            .formatted(
                                    windows.bytes(),
                                    windows.steps(),
                                    windows.steps() * stepBytes()));
        }
    }

    private long stepBytes() {
        return frame.size() + (long) numbers * Float.BYTES;
    }

    @Override
    public boolean add(RobotStep step) {
        Open open = robots.get(step.robot());
        List<Seen> waiting = List.of();
        if (open != null) {
            if (step.episode() < open.episode
                    || step.episode() == open.episode && step.sequence() < open.next) {
                return false;
            }
            boolean goesOn = step.episode() == open.episode && step.sequence() == open.next;
            waiting = goesOn ? open.steps : List.of();
        }
        List<Seen> steps = new ArrayList<>(waiting);
        steps.add(copy(step));
        while (steps.size() >= windows.steps()) {
            complete.add(new Window(List.copyOf(steps.subList(0, windows.steps()))));
            steps.subList(0, windows.stride()).clear();
        }
        robots.remove(step.robot()); // to come last
        robots.put(step.robot(), new Open(step.episode(), step.sequence() + 1, List.copyOf(steps)));
        seen++;
        forgetSilent();
        return true;
    }

    private Seen copy(RobotStep step) {
        float[] values = new float[numbers];
        System.arraycopy(step.felt(), 0, values, 0, step.felt().length);
        System.arraycopy(step.action(), 0, values, step.felt().length, step.action().length);
        values[numbers - 1] = step.reward();
        return new Seen(step.picture().clone(), values);
    }

    private void forgetSilent() {
        while (bytes() > windows.bytes()) {
            robots.remove(robots.keySet().iterator().next());
        }
    }

    @Override
    public List<? extends Sequence> next(CounterRandom random) {
        List<Window> given = complete;
        complete = new ArrayList<>();
        return seen < windows.firstUpdateAfter() ? List.of() : given;
    }

    @Override
    public Runnable wayBack() {
        var robotsNow = new LinkedHashMap<>(robots);
        var completeNow = new ArrayList<>(complete);
        long seenNow = seen;
        return () -> {
            robots = robotsNow;
            complete = completeNow;
            seen = seenNow;
        };
    }

    @Override
    public long steps() {
        return robots.values().stream().mapToLong(open -> open.steps.size()).sum();
    }

    @Override
    public long bytes() {
        return robots.values().stream().mapToLong(open -> Math.max(1, open.steps.size())).sum()
                * stepBytes();
    }

    /**
     * Bytes of a frame and numbers of a step (ints), steps seen (long), robots (int), and of each,
     * the one silent longest first: name (UTF), episode, next sequence number (longs), steps that
     * wait (int), of each its picture and numbers.
     */
    @Override
    public void write(DataOutputStream out) throws IOException {
        out.writeInt(frame.size());
        out.writeInt(numbers);
        out.writeLong(seen);
        out.writeInt(robots.size());
        for (Map.Entry<String, Open> robot : robots.entrySet()) {
            out.writeUTF(robot.getKey());
            out.writeLong(robot.getValue().episode);
            out.writeLong(robot.getValue().next);
            out.writeInt(robot.getValue().steps.size());
            for (Seen step : robot.getValue().steps) {
                out.write(step.picture);
                for (float value : step.values) {
                    out.writeFloat(value);
                }
            }
        }
    }

    @Override
    public Runnable read(DataInputStream in, Map<Long, byte[]> segments) throws IOException {
        ExperienceStore.expect("bytes of a frame", in.readInt(), frame.size());
        ExperienceStore.expect("numbers of a step", in.readInt(), numbers);
        long savedSeen = in.readLong();
        var saved = new LinkedHashMap<String, Open>();
        for (int left = in.readInt(); left > 0; left--) {
            String robot = in.readUTF();
            long episode = in.readLong();
            long next = in.readLong();
            List<Seen> steps = new ArrayList<>();
            for (int more = in.readInt(); more > 0; more--) {
                var step = new Seen(new byte[frame.size()], new float[numbers]);
                in.readFully(step.picture);
                for (int i = 0; i < numbers; i++) {
                    step.values[i] = in.readFloat();
                }
                steps.add(step);
            }
            saved.put(robot, new Open(episode, next, List.copyOf(steps)));
        }
        return () -> {
            robots = saved;
            complete = new ArrayList<>();
            seen = savedSeen;
            forgetSilent();
        };
    }
}
