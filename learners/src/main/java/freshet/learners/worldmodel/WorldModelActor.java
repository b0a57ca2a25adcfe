package freshet.learners.worldmodel;

import freshet.learners.ModelArtifact;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
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
 * <p>Every pass has the same number of rows, empty ones filled up, and the noise of a step is a
 * function of seed, robot, episode and sequence: so a decision depends on nothing but what its own
 * robot saw and believed. Not thread-safe; owns native memory until closed.
 */
public final class WorldModelActor implements AutoCloseable {

    static final String KIND = "world-model";

    /** 2: with the decoder, which actors carry along. */
    static final int ARTIFACT_VERSION = 2;

    /** Metadata: updates that the weights have behind them. */
    static final String UPDATES = "updates";

    /**
     * Rows come in groups of eight: matrix kernels take several rows at a time and the rest another
     * way, which shows in the last bit (measured: groups of four are enough on AVX-512).
     */
    private static final int ROW_GROUP = 8;

    private final WorldModelConfig config;
    private final Frame frame;
    private final int rows;
    private final long seed;
    private final PictureView view;
    private final Session session;
    private final Set<String> wanted;

    /**
     * @param frame what cameras deliver
     * @param rows robots of one pass, at least 1; rounded up to a multiple of eight
     * @param seed of the noise in beliefs and actions
     * @throws IllegalArgumentException if the artifact is of another kind, format or configuration
     */
    public WorldModelActor(
            TensorEngine engine,
            WorldModelConfig config,
            Frame frame,
            int rows,
            long seed,
            ModelArtifact artifact) {
        if (rows < 1) {
            throw new IllegalArgumentException("rows is %d, must be at least 1".formatted(rows));
        }
        this.config = config;
        this.frame = frame;
        this.rows = (rows + ROW_GROUP - 1) / ROW_GROUP * ROW_GROUP;
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
        return !metadata.getOrDefault(UPDATES, "0").equals("0");
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
     * @param explores whether actions are drawn, as in training; else they are the policy's means
     * @return in the order of the glimpses
     * @throws IllegalArgumentException if a picture or proprioception is of another size
     */
    public List<Decision> act(List<Glimpse> glimpses, boolean explores) {
        glimpses.forEach(this::check);
        Decision[] decisions = new Decision[glimpses.size()];
        for (boolean blind : new boolean[] {false, true}) {
            var places = new ArrayList<Integer>();
            for (int i = 0; i < decisions.length; i++) {
                if (glimpses.get(i).isBlind() == blind) {
                    places.add(i);
                }
            }
            for (int from = 0; from < places.size(); from += rows) {
                pass(
                        glimpses,
                        places.subList(from, Math.min(places.size(), from + rows)),
                        explores,
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
            List<Glimpse> glimpses,
            List<Integer> places,
            boolean explores,
            boolean blind,
            Decision[] decisions) {
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
            if (explores) {
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
