package freshet.learners.worldmodel;

import freshet.learners.tensor.CounterRandom;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is kept of what robots did, within bounds, and what is learned of it: sequences of
 * consecutive steps of one episode.
 */
interface ExperienceStore {

    static ExperienceStore of(Experience experience, Frame frame, WorldModelConfig model) {
        int felt = model.encoder().proprioception();
        int actions = model.behaviour().actions();
        return experience instanceof WorldModelLearningConfig.Windows windows
                ? new StreamWindows(frame, felt, actions, windows)
                : new Replay(frame, felt, actions, (WorldModelLearningConfig.Sampling) experience);
    }

    /** T steps; where in an array each lies. */
    interface Sequence {

        /** The array that holds the picture of a step. */
        byte[] pictures(int step);

        /** Where in {@link #pictures} it begins. */
        int pictureAt(int step);

        /** The array that holds proprioception, action and reward of a step. */
        float[] values(int step);

        /** Where in {@link #values} they begin. */
        int valuesAt(int step);
    }

    /**
     * Takes a copy of a step. One that is not newer than the newest of its robot is a duplicate, or
     * too late.
     *
     * @return whether it was taken
     */
    boolean add(RobotStep step);

    /** What the next update learns; empty if there is not enough. */
    List<? extends Sequence> next(CounterRandom random);

    /** Returns what puts the store back to how it is now. */
    Runnable wayBack();

    /** Steps that are there. */
    long steps();

    /** Bytes that they take. */
    long bytes();

    /** All but the contents of segments. */
    void write(DataOutputStream out) throws IOException;

    /**
     * Reads what {@link #write} wrote.
     *
     * @param segments their contents by their numbers
     * @return what puts it in place; until then nothing has changed
     * @throws IllegalArgumentException if it does not fit, or a segment is missing
     */
    Runnable read(DataInputStream in, Map<Long, byte[]> segments) throws IOException;

    /** Numbers of the pieces that never change again once they are full, if there are such. */
    default SortedSet<Long> segmentNumbers() {
        return new TreeSet<>();
    }

    /** Those that are new or have grown since the last call. */
    default SortedMap<Long, byte[]> changedSegments() {
        return new TreeMap<>();
    }

    default SortedMap<Long, byte[]> allSegments() {
        return new TreeMap<>();
    }

    static void expect(String what, int saved, int here) {
        if (saved != here) {
            throw new IllegalArgumentException(
                    "the saved experience has %d %s, expected %d".formatted(saved, what, here));
        }
    }
}
