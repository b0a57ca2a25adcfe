package freshet.learners.worldmodel;

import freshet.learners.tensor.CounterRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What robots did, in runs of consecutive steps of one episode. Bounded by bytes: when the segments
 * that hold it take more, the oldest run goes as a whole. A run ends with its episode, at a gap, or
 * when it takes an eighth of the bytes, so that no robot can fill the store with one.
 *
 * <p>A run's steps lie in segments of {@value #SEGMENT_STEPS}. A full one never changes again, nor
 * does any of a run that has ended. Runs are values, and what the newest steps of the open ones
 * write is not part of those that were there before: that is the {@link #wayBack}.
 */
final class Replay implements ExperienceStore {

    static final int SEGMENT_STEPS = 32;
    private static final int SHARES = 8;

    private final Frame frame;
    private final int numbers; // of one step: proprioception, action, reward
    private final WorldModelLearningConfig.Sampling sampling;
    private final int longest;
    private TreeMap<Long, Run> runs = new TreeMap<>(); // by number, the oldest first
    private TreeMap<String, Long> open = new TreeMap<>(); // newest run of each robot that has one
    private long nextRun;
    private long nextSegment;
    private long seen; // steps ever taken
    private TreeSet<Long> changed = new TreeSet<>(); // segments, since they were asked for

    /** Steps in order; those beyond a run's length do not count yet. */
    private record Segment(long number, byte[] pictures, float[] values) {}

    /**
     * Consecutive steps of one episode.
     *
     * @param first sequence number of its first step
     */
    private record Run(
            String robot, long episode, long first, int length, List<Segment> segments) {}

    /**
     * @throws IllegalArgumentException if an eighth of the bytes cannot hold a sequence
     */
    Replay(
            Frame frame,
            int proprioception,
            int actions,
            WorldModelLearningConfig.Sampling sampling) {
        this.frame = frame;
        this.numbers = proprioception + actions + 1;
        this.sampling = sampling;
        long steps = sampling.bytes() / SHARES / segmentBytes() * SEGMENT_STEPS;
        if (steps < sampling.steps()) {
            throw new IllegalArgumentException(
                    "sampling.bytes is %d, a run of %d steps in an eighth of them needs %d"
                            .formatted(
                                    sampling.bytes(),
                                    sampling.steps(),
                                    SHARES
                                            * segmentBytes()
                                            * ((sampling.steps() - 1) / SEGMENT_STEPS + 1)));
        }
        longest = (int) Math.min(steps, 1 << 20);
    }

    private long segmentBytes() {
        return segmentBytes(frame, numbers);
    }

    private static long segmentBytes(Frame frame, int numbers) {
        return SEGMENT_STEPS * (frame.size() + (long) numbers * Float.BYTES);
    }

    /** Bytes of the segments that so many steps fill. */
    static long bytes(Frame frame, int proprioception, int actions, long steps) {
        long segments = (steps - 1) / SEGMENT_STEPS + 1;
        return segments * segmentBytes(frame, proprioception + actions + 1);
    }

    /** Bytes that segments take. */
    @Override
    public long bytes() {
        return runs.values().stream().mapToLong(run -> run.segments.size()).sum() * segmentBytes();
    }

    @Override
    public long steps() {
        return runs.values().stream().mapToLong(Run::length).sum();
    }

    /** Steps taken so far, those that are gone too. */
    long seen() {
        return seen;
    }

    @Override
    public Runnable wayBack() {
        var runsNow = new TreeMap<>(runs);
        var openNow = new TreeMap<>(open);
        long nextRunNow = nextRun;
        long nextSegmentNow = nextSegment;
        long seenNow = seen;
        var changedNow = new TreeSet<>(changed);
        return () -> {
            runs = runsNow;
            open = openNow;
            nextRun = nextRunNow;
            nextSegment = nextSegmentNow;
            seen = seenNow;
            changed = changedNow;
        };
    }

    @Override
    public boolean add(RobotStep step) {
        Long number = open.get(step.robot());
        Run run = number == null ? null : runs.get(number);
        if (run != null) {
            long next = run.first + run.length;
            if (step.episode() < run.episode
                    || step.episode() == run.episode && step.sequence() < next) {
                return false;
            }
            if (step.episode() != run.episode || step.sequence() != next || run.length == longest) {
                run = null;
            }
        }
        if (run == null) {
            number = nextRun++;
            open.put(step.robot(), number);
            run = new Run(step.robot(), step.episode(), step.sequence(), 0, List.of());
        }
        runs.put(number, appended(run, step));
        seen++;
        evict();
        return true;
    }

    private Run appended(Run run, RobotStep step) {
        int place = run.length % SEGMENT_STEPS;
        List<Segment> segments = run.segments;
        if (place == 0) {
            segments = new ArrayList<>(segments);
            segments.add(
                    new Segment(
                            nextSegment++,
                            new byte[SEGMENT_STEPS * frame.size()],
                            new float[SEGMENT_STEPS * numbers]));
            segments = List.copyOf(segments);
        }
        Segment last = segments.get(segments.size() - 1);
        System.arraycopy(step.picture(), 0, last.pictures, place * frame.size(), frame.size());
        int at = place * numbers;
        System.arraycopy(step.felt(), 0, last.values, at, step.felt().length);
        at += step.felt().length;
        System.arraycopy(step.action(), 0, last.values, at, step.action().length);
        last.values[at + step.action().length] = step.reward();
        changed.add(last.number);
        return new Run(run.robot, run.episode, run.first, run.length + 1, segments);
    }

    private void evict() {
        while (bytes() > sampling.bytes()) {
            Map.Entry<Long, Run> oldest = runs.pollFirstEntry();
            open.remove(oldest.getValue().robot, oldest.getKey());
            oldest.getValue().segments.forEach(segment -> changed.remove(segment.number));
        }
    }

    /** A stretch of a run. */
    final class Chunk implements Sequence {
        private final Run run;
        private final int start;

        private Chunk(Run run, int start) {
            this.run = run;
            this.start = start;
        }

        private Segment segment(int step) {
            return run.segments.get((start + step) / SEGMENT_STEPS);
        }

        private int place(int step) {
            return (start + step) % SEGMENT_STEPS;
        }

        @Override
        public byte[] pictures(int step) {
            return segment(step).pictures;
        }

        @Override
        public int pictureAt(int step) {
            return place(step) * frame.size();
        }

        @Override
        public float[] values(int step) {
            return segment(step).values;
        }

        @Override
        public int valuesAt(int step) {
            return place(step) * numbers;
        }

        String robot() {
            return run.robot;
        }

        /** Sequence number of its first step. */
        long first() {
            return run.first + start;
        }
    }

    @Override
    public List<Chunk> next(CounterRandom random) {
        return seen < sampling.firstUpdateAfter()
                ? List.of()
                : draw(random, sampling.sequences(), sampling.steps(), sampling.perEpisode());
    }

    /**
     * Draws stretches, uniform over the runs that are long enough, without replacement while there
     * are as many, then uniform over their starts.
     *
     * @param count of stretches, divisible by {@code perRun}
     * @param perRun stretches out of each drawn run
     * @return empty if no run is long enough
     */
    List<Chunk> draw(CounterRandom random, int count, int steps, int perRun) {
        List<Run> candidates = new ArrayList<>();
        for (Run run : runs.values()) {
            if (run.length >= steps) {
                candidates.add(run);
            }
        }
        var drawn = new ArrayList<Chunk>();
        int left = candidates.size();
        for (int i = 0; i < count / perRun && !candidates.isEmpty(); i++) {
            left = left == 0 ? candidates.size() : left;
            int at = (int) random.nextLong(left--);
            Run run =
                    candidates.set(
                            at, candidates.get(left)); // used ones go behind those that are left
            candidates.set(left, run);
            for (int k = 0; k < perRun; k++) {
                drawn.add(new Chunk(run, (int) random.nextLong(run.length - steps + 1L)));
            }
        }
        return drawn;
    }

    @Override
    public SortedSet<Long> segmentNumbers() {
        var numbersOfAll = new TreeSet<Long>();
        for (Run run : runs.values()) {
            run.segments.forEach(segment -> numbersOfAll.add(segment.number));
        }
        return numbersOfAll;
    }

    @Override
    public SortedMap<Long, byte[]> changedSegments() {
        SortedMap<Long, byte[]> pieces = pieces(changed);
        changed.clear();
        return pieces;
    }

    @Override
    public SortedMap<Long, byte[]> allSegments() {
        return pieces(segmentNumbers());
    }

    private SortedMap<Long, byte[]> pieces(SortedSet<Long> wanted) {
        var pieces = new TreeMap<Long, byte[]>();
        for (Run run : runs.values()) {
            for (int i = 0; i < run.segments.size(); i++) {
                Segment segment = run.segments.get(i);
                if (wanted.contains(segment.number)) {
                    int steps = Math.min(SEGMENT_STEPS, run.length - i * SEGMENT_STEPS);
                    pieces.put(segment.number, piece(segment, steps));
                }
            }
        }
        return pieces;
    }

    /** Steps (int), pictures, numbers. */
    private byte[] piece(Segment segment, int steps) {
        var bytes = new ByteArrayOutputStream((int) segmentBytes() + Integer.BYTES);
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(steps);
            out.write(segment.pictures, 0, steps * frame.size());
            for (int i = 0; i < steps * numbers; i++) {
                out.writeFloat(segment.values[i]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * All but the segments' contents: bytes of a frame and numbers of a step (ints), next run, next
     * segment, steps seen (longs), runs (int), and of each: number (long), robot (UTF), episode,
     * first sequence number (longs), length (int), whether it is its robot's open one (boolean),
     * the numbers of its segments (longs).
     */
    @Override
    public void write(DataOutputStream out) throws IOException {
        out.writeInt(frame.size());
        out.writeInt(numbers);
        out.writeLong(nextRun);
        out.writeLong(nextSegment);
        out.writeLong(seen);
        out.writeInt(runs.size());
        for (Map.Entry<Long, Run> entry : runs.entrySet()) {
            Run run = entry.getValue();
            out.writeLong(entry.getKey());
            out.writeUTF(run.robot);
            out.writeLong(run.episode);
            out.writeLong(run.first);
            out.writeInt(run.length);
            out.writeBoolean(entry.getKey().equals(open.get(run.robot)));
            for (Segment segment : run.segments) {
                out.writeLong(segment.number);
            }
        }
    }

    /** What {@link #read} has read but not yet taken. */
    private final class Contents {
        private final TreeMap<Long, Run> runs = new TreeMap<>();
        private final TreeMap<String, Long> open = new TreeMap<>();
        private long nextRun;
        private long nextSegment;
        private long seen;

        /** In place of what is in the store; what is too much for it goes. */
        private void take() {
            Replay.this.runs = runs;
            Replay.this.open = open;
            Replay.this.nextRun = nextRun;
            Replay.this.nextSegment = nextSegment;
            Replay.this.seen = seen;
            changed.clear();
            changed.addAll(segmentNumbers());
            evict();
        }
    }

    @Override
    public Runnable read(DataInputStream in, Map<Long, byte[]> pieces) throws IOException {
        ExperienceStore.expect("bytes of a frame", in.readInt(), frame.size());
        ExperienceStore.expect("numbers of a step", in.readInt(), numbers);
        var contents = new Contents();
        contents.nextRun = in.readLong();
        contents.nextSegment = in.readLong();
        contents.seen = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            long number = in.readLong();
            String robot = in.readUTF();
            long episode = in.readLong();
            long first = in.readLong();
            int length = in.readInt();
            if (in.readBoolean()) {
                contents.open.put(robot, number);
            }
            var segments = new ArrayList<Segment>();
            for (int from = 0; from < length; from += SEGMENT_STEPS) {
                long segment = in.readLong();
                int steps = Math.min(SEGMENT_STEPS, length - from);
                segments.add(segment(segment, steps, pieces.get(segment)));
            }
            contents.runs.put(
                    number, new Run(robot, episode, first, length, List.copyOf(segments)));
        }
        return contents::take;
    }

    private Segment segment(long number, int steps, byte[] piece) throws IOException {
        if (piece == null) {
            throw new IllegalArgumentException(
                    "segment %d of the replay is missing".formatted(number));
        }
        var in = new DataInputStream(new ByteArrayInputStream(piece));
        ExperienceStore.expect("steps in segment " + number, in.readInt(), steps);
        var segment =
                new Segment(
                        number,
                        new byte[SEGMENT_STEPS * frame.size()],
                        new float[SEGMENT_STEPS * numbers]);
        in.readFully(segment.pictures, 0, steps * frame.size());
        for (int i = 0; i < steps * numbers; i++) {
            segment.values[i] = in.readFloat();
        }
        return segment;
    }
}
