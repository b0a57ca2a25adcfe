package freshet.operators;

import freshet.learners.selftraining.Augmentation;
import freshet.learners.selftraining.CanaryGuard;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.Weights;
import freshet.learners.vision.ConvolutionalNetwork;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** A classifier of two classes of pictures, small enough for tests. */
final class SmallImages {

    /** Pixels of the height and width of a picture of one channel. */
    static final int SIDE = 8;

    static final ImageSetup SETUP =
            new ImageSetup(
                    "small",
                    EngineSettings.cpu("libtorch", 1),
                    new ConvolutionalNetwork(1, SIDE, SIDE, 2, 8, 8, 8, 2),
                    SelfTrainingConfig.defaults(SelfTrainingConfig.Method.none(), 3),
                    Augmentation.NONE,
                    new CanaryGuard.Config(1, 0),
                    "",
                    8,
                    4,
                    8,
                    false);

    private SmallImages() {}

    /**
     * Noise, at event time {@code i}, with no label; to be answered only.
     *
     * @param number says which noise
     */
    static ImageRecord noise(int i, int number) {
        var random = new CounterRandom(5, 0, (long) number * SIDE * SIDE);
        var record = new ImageRecord();
        record.source = "noise";
        record.sequence = i;
        record.recordId = "noise/" + i;
        record.eventTimeMillis = i;
        float[] image = new float[SIDE * SIDE];
        for (int k = 0; k < image.length; k++) {
            image[k] = (float) random.nextDouble();
        }
        record.image = Weights.toBytes(image);
        return record;
    }

    /** Learns pictures that come with their labels. */
    static KeyedOneInputStreamOperatorTestHarness<Integer, ImageRecord, ModelVersion> learnBranch()
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(
                        new LearnFunction<>(
                                SETUP,
                                ControlSettings.none(),
                                0,
                                SmallText.TELEMETRY,
                                SmallText.DEAD_LETTERS)),
                record -> 0,
                Types.INT);
    }
}
