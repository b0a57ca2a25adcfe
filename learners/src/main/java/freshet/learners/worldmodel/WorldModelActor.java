package freshet.learners.worldmodel;

import freshet.learners.ModelArtifact;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keeps beliefs and acts, with published weights: many robots in one pass.
 *
 * <p>A pass has groups of eight rows, empty ones filled up, each multiplied by itself, and the
 * noise of a step is a function of seed, robot, episode and sequence: so a decision depends on
 * nothing but what its own robot saw and believed. Not thread-safe; owns native memory until
 * closed.
 */
public final class WorldModelActor implements AutoCloseable {

    public static final String KIND = "world-model";

    /** 2: with the decoder, which actors carry along. */
    public static final int ARTIFACT_VERSION = 2;

    /** Metadata: updates that the weights have behind them. */
    static final String UPDATES = "updates";

    /** Robots of one pass at most. */
    public static final int MAX_ROWS = 64;

    private final WorldModelConfig config;
    private final Frame frame;
    private final int mostRows;
    private final long seed;
    private final PictureView view;
    private final Session session;
    private final Set<String> wanted;

    /**
     * @param frame what cameras deliver
     * @param mostRows robots of one pass at most, from 1 to {@link #MAX_ROWS}; more take several
     * @param seed of the noise in beliefs and actions
     * @throws IllegalArgumentException if the artifact is of another kind, format or configuration
     */
    public WorldModelActor(
            TensorEngine engine,
            WorldModelConfig config,
            Frame frame,
            int mostRows,
            long seed,
            ModelArtifact artifact) {
        if (mostRows < 1 || mostRows > MAX_ROWS) {
            throw new IllegalArgumentException(
                    "mostRows is %d, must be from 1 to %d".formatted(mostRows, MAX_ROWS));
        }
        this.config = config;
        this.frame = frame;
        this.mostRows = mostRows;
        this.seed = seed;
        view =
                new PictureView(
                        frame, config.encoder(), new WorldModelLearningConfig.View(0, 0, 0, false));
        var layout = new ModelLayout(config);
        boolean recurrent = config.latent().recurrent();
        wanted =
                new TreeSet<>(
                        Set.of(ActingProgram.LATENT, ActingProgram.ACTION, ActingProgram.SURPRISE));
        if (recurrent) {
            wanted.add(ActingProgram.HIDDEN);
        }
        session =
                engine.open(
                        layout.servedLayout(),
                        read(artifact, layout.servedLayout().size()),
                        new ActingProgram(layout, recurrent));
    }

    /**
     * Whether weights have learned anything: before that a robot had better act at random.
     *
     * @param metadata of their version
     */
    public static boolean hasLearned(Map<String, String> metadata) {
        return !metadata.getOrDefault(UPDATES, "0").equals("0")
                || metadata.containsKey(ModelArtifact.WARM_START);
    }

    /** Names, shapes and places of the weights that are published. */
    public static Layout publishedLayout(WorldModelConfig model) {
        return new ModelLayout(model).servedLayout();
    }

    /**
     * Takes other weights of the same configuration. Beliefs stay usable: what the old weights made
     * of the past is forgotten within some steps.
     *
     * @throws IllegalArgumentException if they are not; the weights stay as they were
     */
    public void load(ModelArtifact artifact) {
        session.setParameters(read(artifact, session.layout().size()));
    }

    private float[] read(ModelArtifact artifact, int count) {
        return artifact.weights(KIND, ARTIFACT_VERSION, config.fingerprint(), count);
    }

    /**
     * Decides for each robot; at most one glimpse of a robot.
     *
     * @return in the order of the glimpses
     * @throws IllegalArgumentException if a picture or proprioception is of another size
     */
    public List<Decision> act(List<Glimpse> glimpses) {
        glimpses.forEach(this::check);
        Decision[] decisions = new Decision[glimpses.size()];
        for (boolean blind : new boolean[] {false, true}) {
            var places = new ArrayList<Integer>();
            for (int i = 0; i < decisions.length; i++) {
                if (glimpses.get(i).isBlind() == blind) {
                    places.add(i);
                }
            }
            for (int from = 0; from < places.size(); from += mostRows) {
                pass(
                        glimpses,
                        places.subList(from, Math.min(places.size(), from + mostRows)),
                        blind,
                        decisions);
            }
        }
        return List.of(decisions);
    }

    private void check(Glimpse glimpse) {
        if (!glimpse.isBlind()
                && (glimpse.picture().length != frame.size()
                        || glimpse.felt().length != config.encoder().proprioception())) {
            throw new IllegalArgumentException(
                    "robot %s, episode %d, step %d has a picture of %d bytes and %d numbers of proprioception, expected %d and %d"
                            .formatted(
                                    glimpse.robot(),
                                    glimpse.episode(),
                                    glimpse.sequence(),
                                    glimpse.picture().length,
                                    glimpse.felt().length,
                                    frame.size(),
                                    config.encoder().proprioception()));
        }
    }

    private void pass(
            List<Glimpse> glimpses, List<Integer> places, boolean blind, Decision[] decisions) {
        int group = ActingProgram.ROW_GROUP;
        int rows = (places.size() + group - 1) / group * group;
        WorldModelConfig.Encoder encoder = config.encoder();
        int latents = config.latent().size();
        int hiddens = config.latent().recurrent() ? config.latent().hidden() : 0;
        int actions = config.behaviour().actions();
        float[] pictures = new float[blind ? 0 : rows * view.size()];
        float[] felt = new float[rows * encoder.proprioception()];
        float[] latent = new float[rows * latents];
        float[] hidden = new float[rows * hiddens];
        float[] action = new float[rows * actions];
        float[] goesOn = new float[rows];
        float[] noise = new float[rows * latents];
        float[] actionNoise = new float[rows * actions];
        for (int row = 0; row < places.size(); row++) {
            Glimpse glimpse = glimpses.get(places.get(row));
            if (!blind) {
                view.middle(glimpse.picture(), 0, pictures, row * view.size());
                System.arraycopy(
                        glimpse.felt(),
                        0,
                        felt,
                        row * encoder.proprioception(),
                        glimpse.felt().length);
            }
            Belief before = glimpse.before();
            if (before != null) {
                goesOn[row] = 1;
                System.arraycopy(before.latent(), 0, latent, row * latents, latents);
                System.arraycopy(before.hidden(), 0, hidden, row * hiddens, hiddens);
                System.arraycopy(before.action(), 0, action, row * actions, actions);
            }
            CounterRandom random = random(glimpse);
            fill(noise, row * latents, latents, random);
            if (glimpse.explores()) {
                fill(actionNoise, row * actions, actions, random);
            }
        }
        var inputs =
                new Inputs()
                        .put(ActingProgram.LATENT, latent, rows, latents)
                        .put(ActingProgram.ACTION, action, rows, actions)
                        .put(ActingProgram.GOES_ON, goesOn, rows, 1)
                        .put(ActingProgram.NOISE, noise, rows, latents)
                        .put(ActingProgram.ACTION_NOISE, actionNoise, rows, actions);
        if (hiddens > 0) {
            inputs.put(ActingProgram.HIDDEN, hidden, rows, hiddens);
        }
        if (!blind) {
            inputs.put(
                    ActingProgram.PICTURES,
                    pictures,
                    rows,
                    encoder.channels(),
                    encoder.height(),
                    encoder.width());
        }
        if (encoder.proprioception() > 0) {
            inputs.put(ActingProgram.FELT, felt, rows, encoder.proprioception());
        }
        Outputs outputs = session.run(inputs, wanted);
        for (int row = 0; row < places.size(); row++) {
            decisions[places.get(row)] =
                    new Decision(
                            new Belief(
                                    row(outputs, ActingProgram.LATENT, row, latents),
                                    hiddens == 0
                                            ? new float[0]
                                            : row(outputs, ActingProgram.HIDDEN, row, hiddens),
                                    row(outputs, ActingProgram.ACTION, row, actions)),
                            outputs.get(ActingProgram.SURPRISE)[row]);
        }
    }

    private static float[] row(Outputs outputs, String name, int row, int width) {
        return Arrays.copyOfRange(outputs.get(name), row * width, (row + 1) * width);
    }

    private static void fill(float[] noise, int from, int count, CounterRandom random) {
        for (int i = 0; i < count; i++) {
            noise[from + i] = (float) random.nextGaussian();
        }
    }

    /** The draws of one step: two for each normal number, a stretch of its own for each step. */
    private CounterRandom random(Glimpse glimpse) {
        int draws = 2 * (config.latent().size() + config.behaviour().actions());
        return random(seed, glimpse.robot(), glimpse.episode(), glimpse.sequence() * draws);
    }

    private static CounterRandom random(long seed, String robot, long episode, long counter) {
        long ofRobot = new CounterRandom(seed, robot.hashCode(), 0).nextLong();
        return new CounterRandom(ofRobot, episode, counter);
    }

    /**
     * What a robot does before there is a model: uniform in [-1, 1).
     *
     * @param actions A
     * @return {@code [A]}, a function of seed, robot, episode and sequence
     */
    public static float[] randomAction(
            long seed, String robot, long episode, long sequence, int actions) {
        CounterRandom random = random(seed, robot, episode, sequence * actions);
        float[] action = new float[actions];
        for (int i = 0; i < actions; i++) {
            action[i] = (float) (2 * random.nextDouble() - 1);
        }
        return action;
    }

    @Override
    public void close() {
        session.close();
    }
}
