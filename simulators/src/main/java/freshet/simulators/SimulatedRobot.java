package freshet.simulators;

import freshet.learners.tensor.CounterRandom;

/**
 * One robot through its episodes of {@link #EPISODE_STEPS} actions. What happens depends on seed,
 * number, episode and actions alone. Not thread-safe.
 */
public final class SimulatedRobot {

    /** Actions in an episode; it has one picture more. */
    public static final int EPISODE_STEPS = 125;

    private static final int MAX_NUMBER = 1 << 20;

    // Uses of the random numbers: what distracts never changes how the robot starts.
    private static final int USES = 4;
    private static final int START = 0;
    private static final int BACKGROUND = 1;
    private static final int COLOUR = 2;
    private static final int CAMERA = 3;

    private final Task task;
    private final Distractions distractions;
    private final Textures textures;
    private final long seed;
    private final int number;

    private final double[] state;
    private final float[] action;
    private final ColourDrift colours;
    private final CameraPath camera;
    private CounterRandom ofColours;
    private CounterRandom ofCamera;
    private Texture texture;
    private double textureSeconds;
    private long episode = -1;
    private int step;

    SimulatedRobot(Task task, Distractions distractions, Textures textures, long seed, int number) {
        if (number < 0 || number >= MAX_NUMBER) {
            throw new IllegalArgumentException(
                    "robot %d, must be from 0 to %d".formatted(number, MAX_NUMBER - 1));
        }
        this.task = task;
        this.distractions = distractions;
        this.textures = textures;
        this.seed = seed;
        this.number = number;
        state = new double[task.stateSize()];
        action = new float[task.actuators()];
        colours = new ColourDrift(distractions.colour(), task.scene().colours());
        camera = new CameraPath(distractions.camera(), task.scene().seenFromBelow());
        startEpisode();
    }

    /** Begins the next episode, wherever this one is. */
    public void startEpisode() {
        episode++;
        step = 0;
        task.start(random(START), state);
        CounterRandom ofBackground = random(BACKGROUND);
        texture = textures.get((int) ofBackground.nextLong(textures.count()));
        textureSeconds = 100 * ofBackground.nextDouble();
        ofColours = random(COLOUR);
        colours.start(ofColours);
        ofCamera = random(CAMERA);
        camera.start(ofCamera);
    }

    private CounterRandom random(int use) {
        long stream = (((long) number << 40) + episode) * USES + use;
        return new CounterRandom(seed, stream, 0);
    }

    /**
     * Acts for {@link Task#actionRepeat} steps.
     *
     * @param actions the action's numbers from {@code offset} on; beyond [-1, 1] they are clipped
     * @return mean of the steps' rewards, in [0, 1]
     * @throws IllegalArgumentException if a number is not finite; the robot has not moved
     * @throws IllegalStateException at the end of an episode
     */
    public float act(float[] actions, int offset) {
        if (atEnd()) {
            throw new IllegalStateException("episode %d has ended".formatted(episode));
        }
        for (int i = 0; i < action.length; i++) {
            float one = actions[offset + i];
            if (!Float.isFinite(one)) {
                throw new IllegalArgumentException(
                        "action %s of robot %d, must be finite".formatted(one, number));
            }
            action[i] = Math.max(-1, Math.min(1, one));
        }
        double reward = 0;
        for (int i = 0; i < task.actionRepeat(); i++) {
            reward += task.step(state, action);
            colours.step(ofColours);
            camera.step(ofCamera);
            textureSeconds += task.stepSeconds();
        }
        step++;
        return (float) (reward / task.actionRepeat());
    }

    /** Whether the episode is over and only {@link #startEpisode} goes on. */
    public boolean atEnd() {
        return step == EPISODE_STEPS;
    }

    /** From 0. */
    public long episode() {
        return episode;
    }

    /** Actions of this episode so far. */
    public int step() {
        return step;
    }

    /** For scores and probes, never for a record; {@link Task#trueStateNames} says what it is. */
    public float[] trueState() {
        return task.trueState(state);
    }

    /** What the robot's own sensors measure. */
    public float[] proprioception() {
        return task.proprioception(state);
    }

    void draw(Canvas canvas) {
        Scene scene = task.scene();
        canvas.look(scene, camera.pose());
        canvas.fill(scene.background());
        if (distractions.background() > 0) {
            canvas.lay(texture, distractions.textureShare(), textureSeconds);
        }
        task.draw(state, canvas, colours.colours());
    }
}
