package freshet.benchmarks.device;

import freshet.benchmarks.RandomBatches;
import freshet.learners.OnlineLearner;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.TextBatch;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingLearner;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.vision.ConvolutionalNetwork;
import freshet.learners.vision.ShiftScaleTurn;
import freshet.learners.worldmodel.ExperienceBatch;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.RobotStep;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearner;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A learner as the pipelines make it, with batches of random content.
 *
 * @param warmUp first batches that need not be updates
 */
record ReferenceLearner<B>(
        String name,
        Function<TensorEngine, OnlineLearner<B>> newLearner,
        List<B> batches,
        int warmUp) {

    private static final int SIDE = RandomBatches.SIDE;
    private static final int EXAMPLES = 128;
    private static final int PIXELS = 32;
    private static final int ROBOTS = 8;

    /**
     * All three.
     *
     * @param updates of each, at least
     */
    static List<ReferenceLearner<?>> all(int updates) {
        return List.of(texts(updates), images(updates), robots(updates));
    }

    private static ReferenceLearner<TextBatch> texts(int updates) {
        BytePairTokenizer tokenizer = BytePairTokenizer.load();
        LanguageModelConfig sizes = LanguageModelConfig.defaults(tokenizer.vocabulary());
        var texts = new RandomBatches.Texts(sizes);
        List<TextBatch> batches = new ArrayList<>();
        // As many replayed windows each time, or the shape would change.
        int warmUp = 8;
        while (batches.size() < warmUp + updates) {
            batches.add(texts.next());
        }
        return new ReferenceLearner<>(
                "text",
                engine ->
                        new LanguageLearner(
                                engine, sizes, LearningConfig.defaults(), tokenizer.hash()),
                batches,
                warmUp);
    }

    private static ReferenceLearner<ExampleBatch> images(int updates) {
        var network = ConvolutionalNetwork.defaults(SIDE, SIDE, RandomBatches.CLASSES);
        var config =
                SelfTrainingConfig.defaults(
                        SelfTrainingConfig.Method.gift((long) updates * EXAMPLES), 1);
        List<ExampleBatch> batches = new ArrayList<>();
        int warmUp = 8;
        for (int i = 0; i < warmUp + updates; i++) {
            batches.add(RandomBatches.pictures(EXAMPLES, i, i == 0));
        }
        return new ReferenceLearner<>(
                "images",
                engine ->
                        new SelfTrainingLearner(
                                engine,
                                network,
                                config,
                                new ShiftScaleTurn(SIDE, SIDE, 2, 0.1, 10)),
                batches,
                warmUp);
    }

    private static ReferenceLearner<ExperienceBatch> robots(int updates) {
        WorldModelConfig model = WorldModelConfig.small(PIXELS, 1);
        var frame = new Frame(PIXELS, PIXELS, 3);
        List<ExperienceBatch> batches = new ArrayList<>();
        int warmUp = 136; // 1000 steps of experience come before the first update
        for (int i = 0; i < warmUp + updates; i++) {
            List<RobotStep> steps = new ArrayList<>();
            for (int robot = 0; robot < ROBOTS; robot++) {
                var random = new CounterRandom(3, i, robot);
                byte[] picture = new byte[PIXELS * PIXELS * 3];
                for (int k = 0; k < picture.length; k++) {
                    picture[k] = (byte) random.nextLong(256);
                }
                steps.add(
                        new RobotStep(
                                "robot-" + robot,
                                0,
                                i,
                                picture,
                                new float[0],
                                new float[] {(float) (2 * random.nextDouble() - 1)},
                                (float) random.nextDouble()));
            }
            batches.add(new ExperienceBatch(steps));
        }
        return new ReferenceLearner<>(
                "robots",
                engine ->
                        new WorldModelLearner(
                                engine, model, WorldModelLearningConfig.small(1), frame),
                batches,
                warmUp);
    }
}
