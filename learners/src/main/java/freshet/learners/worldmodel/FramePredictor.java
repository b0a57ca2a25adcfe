package freshet.learners.worldmodel;

import freshet.learners.ModelArtifact;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What a published model expects to see next. CoRe has no decoder to pixels: it expects features,
 * which those of a frame meet more or less, as in the contrastive loss while it learns. So an
 * expectation can be shown as the frame that matches it best out of many.
 *
 * <p>For pictures and diagnosis, beside the stream. Not thread-safe; owns native memory until
 * closed.
 */
public final class FramePredictor implements AutoCloseable {

    /** Frames of one pass: bounds what native memory is needed for. */
    private static final int FRAMES_A_PASS = 128;

    private final WorldModelConfig config;
    private final Frame frame;
    private final PictureView view;
    private final Session session;

    /**
     * @param frame what cameras deliver
     * @throws IllegalArgumentException if the artifact is of another kind, format or configuration
     */
    public FramePredictor(
            TensorEngine engine, WorldModelConfig config, Frame frame, ModelArtifact artifact) {
        this.config = config;
        this.frame = frame;
        view =
                new PictureView(
                        frame, config.encoder(), new WorldModelLearningConfig.View(0, 0, 0, false));
        var layout = new ModelLayout(config);
        session =
                engine.open(
                        layout.servedLayout(),
                        artifact.weights(
                                WorldModelActor.KIND,
                                WorldModelActor.ARTIFACT_VERSION,
                                config.fingerprint(),
                                layout.servedLayout().size()),
                        new FramePredictionProgram(layout, config.latent().size()));
    }

    /**
     * What is made of each frame alone.
     *
     * @param steps of any episodes; their actions are not read
     * @return {@code [N][F]}
     * @throws IllegalArgumentException if a step does not fit
     */
    public float[][] features(List<RobotStep> steps) {
        float[][] features = new float[steps.size()][];
        for (int from = 0; from < features.length; from += FRAMES_A_PASS) {
            int to = Math.min(features.length, from + FRAMES_A_PASS);
            Outputs outputs =
                    session.run(
                            looks(steps.subList(from, to)),
                            Set.of(FramePredictionProgram.FEATURES));
            split(outputs.get(FramePredictionProgram.FEATURES), features, from, to);
        }
        return features;
    }

    /**
     * What is expected of each frame but the first, from those before it and the actions between:
     * never from the frame itself.
     *
     * @param episode steps 0, 1, 2 ... of one episode, at least two
     * @return {@code [T - 1][F]}; the first is of step 1
     * @throws IllegalArgumentException if a step does not fit, or one is missing
     */
    public float[][] expected(List<RobotStep> episode) {
        if (episode.size() < 2) {
            throw new IllegalArgumentException(
                    "an episode of %d steps, must be at least 2".formatted(episode.size()));
        }
        int width = config.behaviour().actions();
        float[] actions = new float[episode.size() * width];
        for (int i = 0; i < episode.size(); i++) {
            if (episode.get(i).sequence() != i) {
                throw new IllegalArgumentException(
                        "step %d of robot %s, episode %d is missing"
                                .formatted(i, episode.get(i).robot(), episode.get(i).episode()));
            }
            System.arraycopy(episode.get(i).action(), 0, actions, i * width, width);
        }
        Outputs outputs =
                session.run(
                        looks(episode)
                                .put(
                                        FramePredictionProgram.ACTIONS,
                                        actions,
                                        episode.size(),
                                        width),
                        Set.of(FramePredictionProgram.EXPECTED));
        float[][] expected = new float[episode.size() - 1][];
        split(outputs.get(FramePredictionProgram.EXPECTED), expected, 0, expected.length);
        return expected;
    }

    private Inputs looks(List<RobotStep> steps) {
        WorldModelConfig.Encoder encoder = config.encoder();
        int felt = encoder.proprioception();
        float[] pictures = new float[steps.size() * view.size()];
        float[] feelings = new float[steps.size() * felt];
        for (int i = 0; i < steps.size(); i++) {
            RobotStep step = steps.get(i);
            step.check(frame, felt, config.behaviour().actions());
            view.middle(step.picture(), 0, pictures, i * view.size());
            System.arraycopy(step.felt(), 0, feelings, i * felt, felt);
        }
        var inputs =
                new Inputs()
                        .put(
                                FramePredictionProgram.PICTURES,
                                pictures,
                                steps.size(),
                                encoder.channels(),
                                encoder.height(),
                                encoder.width());
        if (felt > 0) {
            inputs.put(FramePredictionProgram.FELT, feelings, steps.size(), felt);
        }
        return inputs;
    }

    private static void split(float[] rows, float[][] into, int from, int to) {
        int width = rows.length / (to - from);
        for (int i = from; i < to; i++) {
            into[i] = Arrays.copyOfRange(rows, (i - from) * width, (i - from + 1) * width);
        }
    }

    /**
     * Frames to choose from. One matches by the logit of the centred contrast, up to what is one
     * for all: how much what sets it apart from the candidates' mean points to what was expected.
     */
    public static final class Candidates {
        private final float[][] candidates;
        private final double[] mean;

        /**
         * @param features {@code [N][F]}, at least one
         */
        public Candidates(float[][] features) {
            candidates = features;
            mean = new double[features[0].length];
            for (float[] row : features) {
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += (double) row[i] / features.length;
                }
            }
        }

        /**
         * Place of the frame that matches best; of equals the first.
         *
         * @param expected {@code [F]}
         */
        public int best(float[] expected) {
            int best = 0;
            double most = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < candidates.length; i++) {
                double match = match(expected, candidates[i]);
                if (match > most) {
                    most = match;
                    best = i;
                }
            }
            return best;
        }

        /**
         * How many match better than a frame: 0 if it is what was expected most.
         *
         * @param expected {@code [F]}
         * @param features {@code [F]} of the frame
         */
        public int better(float[] expected, float[] features) {
            double own = match(expected, features);
            return (int)
                    Arrays.stream(candidates)
                            .filter(candidate -> match(expected, candidate) > own)
                            .count();
        }

        private double match(float[] expected, float[] features) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < expected.length; i++) {
                double apart = features[i] - mean[i];
                sum += (expected[i] - mean[i]) * apart;
                squares += apart * apart;
            }
            return squares == 0 ? 0 : sum / Math.sqrt(squares);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
