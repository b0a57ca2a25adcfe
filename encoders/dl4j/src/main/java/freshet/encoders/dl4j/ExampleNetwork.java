package freshet.encoders.dl4j;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.vision.DriftSource;
import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.LabelledImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A small convolutional network of DL4J on upright pictures of clothes; its features are 64
 * numbers.
 */
final class ExampleNetwork {

    private static final ImageForm FORM = new ImageForm(1, 28, 28);
    private static final int CLASSES = FashionMnist.CLASSES.size();
    private static final int BATCH = 64;
    private static final double RATE = 1e-3;

    private ExampleNetwork() {}

    /**
     * Trains it and writes it as a zip of DL4J.
     *
     * @return accuracy on the pictures held out, in [0, 1]
     */
    static double write(Path file, long seed, int pictures, int passes) throws IOException {
        LabelledImages all = FashionMnist.train();
        if (pictures < 1 || pictures > all.size() || passes < 1) {
            throw new IllegalArgumentException(
                    "%d pictures and %d passes, must be from 1 to %d and at least 1"
                            .formatted(pictures, passes, all.size()));
        }
        int[] order = DriftSource.shuffled(all.size(), new CounterRandom(seed, 2, 0));
        LabelledImages learned = all.select(Arrays.copyOf(order, pictures));
        MultiLayerNetwork network = untrained(FORM, CLASSES, seed);
        for (int pass = 0; pass < passes; pass++) {
            int[] now = DriftSource.shuffled(pictures, new CounterRandom(seed, 3, pass));
            for (int at = 0; at < pictures; at += BATCH) {
                LabelledImages batch =
                        learned.select(Arrays.copyOfRange(now, at, Math.min(pictures, at + BATCH)));
                try (INDArray images = images(batch);
                        INDArray labels = labels(batch)) {
                    network.fit(images, labels);
                }
            }
        }
        ModelSerializer.writeModel(network, file.toFile(), false);
        return accuracy(network, FashionMnist.heldOut());
    }

    static MultiLayerNetwork untrained(ImageForm form, int classes, long seed) {
        var network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .seed(seed)
                                .updater(new Adam(RATE))
                                .weightInit(WeightInit.RELU)
                                .activation(Activation.RELU)
                                .list()
                                .layer(convolution("conv1", 16))
                                .layer(pool("pool1"))
                                .layer(convolution("conv2", 32))
                                .layer(pool("pool2"))
                                .layer(new DenseLayer.Builder().name("features").nOut(64).build())
                                .layer(
                                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                                .name("classes")
                                                .nOut(classes)
                                                .weightInit(WeightInit.XAVIER)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(
                                        InputType.convolutional(
                                                form.height(), form.width(), form.channels()))
                                .build());
        network.init();
        return network;
    }

    private static ConvolutionLayer convolution(String name, int filters) {
        return new ConvolutionLayer.Builder(3, 3).name(name).nOut(filters).build();
    }

    private static SubsamplingLayer pool(String name) {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .name(name)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
    }

    private static double accuracy(MultiLayerNetwork network, LabelledImages pictures) {
        int right = 0;
        for (int at = 0; at < pictures.size(); at += BATCH) {
            LabelledImages batch =
                    pictures.select(range(at, Math.min(pictures.size(), at + BATCH)));
            try (INDArray images = images(batch);
                    INDArray answers = network.output(images);
                    INDArray best = answers.argMax(1)) {
                int[] classes = best.toIntVector();
                for (int i = 0; i < classes.length; i++) {
                    right += classes[i] == batch.labels()[i] ? 1 : 0;
                }
            }
        }
        return (double) right / pictures.size();
    }

    private static int[] range(int from, int to) {
        int[] indices = new int[to - from];
        Arrays.setAll(indices, i -> from + i);
        return indices;
    }

    private static INDArray images(LabelledImages pictures) {
        float[] pixels = new float[pictures.size() * FORM.size()];
        for (int i = 0; i < pictures.size(); i++) {
            LabelledImages.toFloats(pictures.images().get(i), pixels, i * FORM.size());
        }
        return Nd4j.create(
                pixels, new long[] {pictures.size(), 1, FORM.height(), FORM.width()}, 'c');
    }

    private static INDArray labels(LabelledImages pictures) {
        float[] oneHot = new float[pictures.size() * CLASSES];
        for (int i = 0; i < pictures.size(); i++) {
            oneHot[i * CLASSES + pictures.labels()[i]] = 1;
        }
        return Nd4j.create(oneHot, new long[] {pictures.size(), CLASSES}, 'c');
    }
}
