package freshet.benchmarks.images;

import freshet.benchmarks.Machine;
import freshet.learners.vision.EncoderFiles;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a network for {@code images.encoder-file}. */
@Command(
        name = "dl4j-network",
        mixinStandardHelpOptions = true,
        description = {
            "Trains a small network of DL4J on upright clothes and writes it.",
            "Build with FRESHET_PROFILES=nd4j."
        })
public final class Dl4jNetworkCommand implements Callable<Integer> {

    @Option(names = "--out", required = true, description = "The zip to write.")
    private Path out;

    @Option(names = "--seed", description = "Default ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--pictures",
            description = "That are learned, from 1 to 20000; default ${DEFAULT-VALUE}.")
    private int pictures = 10_000;

    @Option(names = "--passes", description = "Over these, from 1; default ${DEFAULT-VALUE}.")
    private int passes = 3;

    @Override
    public Integer call() throws Exception {
        System.out.println(Machine.line());
        double accuracy = EncoderFiles.provider().writeExample(out, seed, pictures, passes);
        System.out.printf(
                "%s: seed %d, %d pictures %d times, %.1f %% of those held out are classified right%n",
                out, seed, pictures, passes, 100 * accuracy);
        return 0;
    }
}
