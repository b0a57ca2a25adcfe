package freshet.learners.selftraining;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.vision.ConvolutionalNetwork;
import java.util.ArrayList;
import java.util.List;

/** Small pictures that a small network tells apart, and batches of them. */
final class Blobs {

    /** 12 x 12 in three classes, 4 channels in two groups. */
    static final ConvolutionalNetwork NETWORK = new ConvolutionalNetwork(1, 12, 12, 3, 4, 4, 4, 2);

    static final int SIZE = 144; // numbers in a picture
    static final int COUNT = 6;

    private Blobs() {}

    static SelfTrainingConfig config(SelfTrainingConfig.Method method, long seed) {
        return new SelfTrainingConfig(
                new SelfTrainingConfig.Source(0.01, 200, 1e-4),
                method,
                new SelfTrainingConfig.Rates(0.01, 1e-2, 5, 0.9, 2),
                SelfTrainingConfig.Guard.defaults(),
                3,
                seed);
    }

    /** Noisy pictures; class c is bright in rows from 4 c on, and shifted to the right. */
    static float[] pictures(int[] labels, int shift, long seed) {
        var random = new CounterRandom(seed, 0, 0);
        float[] pictures = new float[labels.length * SIZE];
        for (int i = 0; i < pictures.length; i++) {
            int row = i / 12 % 12;
            int column = i % 12;
            int label = labels[i / SIZE];
            boolean bright = row / 4 == label && column >= shift && column < shift + 6;
            pictures[i] = (float) (0.3 * random.nextDouble() + (bright ? 0.7 : 0));
        }
        return pictures;
    }

    static int[] labels(long seed) {
        var random = new CounterRandom(seed, 1, 0);
        int[] labels = new int[COUNT];
        for (int i = 0; i < COUNT; i++) {
            labels[i] = (int) random.nextLong(3);
        }
        return labels;
    }

    static ExampleBatch source(long seed) {
        return ExampleBatch.source(pictures(labels(seed), 0, seed), labels(seed));
    }

    static ExampleBatch target(long seed) {
        return ExampleBatch.target(pictures(labels(seed), 3, seed), COUNT);
    }

    /** Source, target, late source and labelled target: every kind that a learner meets. */
    static List<ExampleBatch> batches() {
        var batches = new ArrayList<ExampleBatch>();
        batches.add(source(1));
        batches.add(source(2));
        batches.add(target(3));
        batches.add(target(4));
        batches.add(source(5));
        batches.add(target(6));
        batches.add(ExampleBatch.labelledTarget(pictures(labels(7), 3, 7), labels(7)));
        batches.add(target(8));
        return batches;
    }
}
