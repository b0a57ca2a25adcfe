package freshet.encoders.dl4j;

import freshet.engines.nd4j.Nd4jProvider;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.OnlineClassifier;
import java.util.Arrays;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The network of {@link ExampleNetwork} as one would train it on a stream with DL4J alone: each
 * full batch of labelled pictures is learned once, by {@link MultiLayerNetwork#fit}.
 */
final class OnlineNetwork implements OnlineClassifier {

    private static final int BATCH = 64;

    private final ImageForm form;
    private final int classes;
    private final MultiLayerNetwork network;
    private final float[] pictures; // of the batch that fills
    private final float[] labels; // likewise, one-hot
    private int filled;

    OnlineNetwork(ImageForm form, int classes, long seed) {
        this.form = form;
        this.classes = classes;
        network = ExampleNetwork.untrained(form, classes, seed);
        pictures = new float[BATCH * form.size()];
        labels = new float[BATCH * classes];
    }

    @Override
    public int classify(float[] features) {
        try (INDArray picture = array(features, 1);
                INDArray answer = network.output(picture);
                INDArray best = answer.argMax(1)) {
            return best.getInt(0);
        }
    }

    @Override
    public void learn(float[] features, int label) {
        System.arraycopy(features, 0, pictures, filled * form.size(), form.size());
        labels[filled * classes + label] = 1;
        filled++;
        if (filled == BATCH) {
            try (INDArray images = array(pictures, BATCH);
                    INDArray targets =
                            Nd4j.create(labels.clone(), new long[] {BATCH, classes}, 'c')) {
                network.fit(images, targets);
            }
            Arrays.fill(labels, 0);
            filled = 0;
        }
    }

    private INDArray array(float[] pixels, int count) {
        long[] shape = {count, form.channels(), form.height(), form.width()};
        return Nd4j.create(pixels.clone(), shape, 'c');
    }

    /** Found by ServiceLoader. */
    public static final class Provider implements OnlineClassifier.Provider {

        @Override
        public String name() {
            return "DL4J's MultiLayerNetwork on pixels";
        }

        @Override
        public OnlineClassifier start(ImageForm form, int classes, long seed) {
            new Nd4jProvider().start(EngineSettings.cpu("nd4j", 1));
            return new OnlineNetwork(form, classes, seed);
        }
    }
}
