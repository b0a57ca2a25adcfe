package freshet.encoders.dl4j;

import freshet.engines.nd4j.Nd4jProvider;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.vision.EncoderFiles;
import freshet.learners.vision.FeatureEncoder;
import freshet.learners.vision.ImageForm;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens networks of DL4J and Keras, on the ND4J that the tensor engine {@code nd4j} would start.
 */
public final class Dl4jEncoders implements EncoderFiles.Provider {

    @Override
    public FeatureEncoder open(Path file, String layer, ImageForm form, int threads) {
        new Nd4jProvider().start(EngineSettings.cpu("nd4j", threads));
        return new FrozenNetwork(file, layer, form, threads);
    }

    @Override
    public double writeExample(Path file, long seed, int pictures, int passes) throws IOException {
        new Nd4jProvider().start(EngineSettings.cpu("nd4j", 1));
        return ExampleNetwork.write(file, seed, pictures, passes);
    }
}
