package freshet.simulators;

import freshet.learners.tensor.CounterRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A robot and what it should do. Not thread-safe; each robot has its own.
 *
 * <p>A task moves in steps of the control suite, 10 or 20 ms; an agent chooses an action for {@link
 * #actionRepeat} of them.
 */
public abstract class Task {

    /** Those that there are. */
    public enum Name {
        /** Keep the pole upright; it starts there. */
        BALANCE,
        /** Swing the pole up and keep it there; it starts hanging. */
        SWING_UP,
        /** Bring the finger to the target: 1 on it, else 0, as in the suite's easy form. */
        REACHER,
        /**
         * The same with a reward that grows as the finger comes near; the suite has no such form.
         */
        REACHER_SHAPED;

        /**
         * @throws IllegalArgumentException that lists the names
         */
        public static Name of(String name) {
            return Arrays.stream(values())
                    .filter(one -> one.toString().equals(name))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new IllegalArgumentException(
                                            "no task %s, only %s"
                                                    .formatted(
                                                            name,
                                                            Arrays.stream(values())
                                                                    .map(Name::toString)
                                                                    .collect(
                                                                            Collectors.joining(
                                                                                    ", ")))));
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static Task of(Name name) {
        return switch (name) {
            case BALANCE -> new CartPoleTask(false);
            case SWING_UP -> new CartPoleTask(true);
            case REACHER -> new ReacherTask(0);
            case REACHER_SHAPED -> new ReacherTask(ReacherTask.SHAPED_MARGIN);
        };
    }

    /** Numbers in an action, each in [-1, 1]. */
    public abstract int actuators();

    /** Steps for which an action is held. */
    public abstract int actionRepeat();

    /** Length of one step of the simulation. */
    public abstract double stepSeconds();

    /** What the entries of {@link #trueState} are, with their units. */
    public abstract List<String> trueStateNames();

    abstract int stateSize();

    /** Fills {@code state} for a new episode. */
    abstract void start(CounterRandom random, double[] state);

    /**
     * Moves {@code state} on by one step.
     *
     * @param action {@code [A]} in [-1, 1]
     * @return reward in [0, 1]
     */
    abstract double step(double[] state, float[] action);

    /**
     * The state as a probe should predict it, angles as cosine and sine. For scores and probes: no
     * record holds it.
     */
    abstract float[] trueState(double[] state);

    /** What the robot's own sensors measure: positions and velocities of its motors. */
    abstract float[] proprioception(double[] state);

    abstract Scene scene();

    /**
     * Draws everything in front of the background.
     *
     * @param colours {@code [C][3]} of the scene's materials, as they are now
     */
    abstract void draw(double[] state, Canvas canvas, float[][] colours);
}
