package freshet.benchmarks.text;

import freshet.benchmarks.Table;
import freshet.learners.DepthBlend;
import freshet.learners.ModelArtifact;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModel;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.Tokenizer;
import freshet.learners.tensor.TensorEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What {@link DepthBlend} saves of what is forgotten, and what it costs: a model learns some books
 * and then a source that is unlike them; the weights that it had in between are the base. Shares
 * that rise with depth are compared with the same share in all layers.
 */
@Command(
        name = "depth-blend",
        mixinStandardHelpOptions = true,
        description = "Forgetting with and without the blend of published versions by depth.")
public final class DepthBlendBenchmark implements Callable<Integer> {

    private static final double LN_2 = Math.log(2);
    private static final double[] ALPHAS = {0.75, 0.5, 0.25};
    private static final int[] NOTHING = {};

    @Mixin private RunOptions options;

    @Option(names = "--late", description = "The late source; default ${DEFAULT-VALUE}.")
    private String late = "bible-kjv";

    @Option(names = "--late-bytes", description = "Bytes learned of it; default ${DEFAULT-VALUE}.")
    private int lateBytes = 200_000;

    @Option(
            names = "--held-out-bytes",
            description =
                    "Bytes of each source, behind those learned, that are not learned; default"
                            + " ${DEFAULT-VALUE}.")
    private int heldOutBytes = 20_000;

    private final Tokenizer tokenizer = BytePairTokenizer.load();
    private ServedRun.Setup setup;
    private TensorEngine engine;
    private byte[] earlyHeldOut;
    private byte[] lateHeldOut;
    private LanguageModel model;
    private Table table;

    @Override
    public Integer call() throws IOException {
        int each = Math.toIntExact(options.bytes / options.books.size());
        var stream = new TextStream(options.recordBytes);
        var heldOut = new ByteArrayOutputStream();
        for (String book : options.books) {
            byte[] text = TextStream.read(book);
            stream.add(book, Arrays.copyOf(text, each));
            heldOut.writeBytes(Arrays.copyOfRange(text, each, each + heldOutBytes));
        }
        int early = stream.texts().size();
        byte[] lateText = TextStream.read(late);
        stream.add(late, Arrays.copyOf(lateText, lateBytes));
        earlyHeldOut = heldOut.toByteArray();
        lateHeldOut = Arrays.copyOfRange(lateText, lateBytes, lateBytes + heldOutBytes);
        options.printHeader(stream);
        setup = options.setup();
        engine = options.engine();
        try (var learner =
                new LanguageLearner(engine, setup.model(), setup.learning(), tokenizer.hash())) {
            var cutter = new TextBatchCutter(setup.model().segment(), setup.model().window(), 1000);
            learn(learner, cutter, stream.texts().subList(0, early));
            ModelArtifact base = learner.publish();
            learn(learner, cutter, stream.texts().subList(early, stream.texts().size()));
            compare(base, learner.publish());
        }
        return 0;
    }

    private void learn(
            LanguageLearner learner, TextBatchCutter cutter, List<TextStream.Text> texts) {
        for (TextStream.Text text : texts) {
            for (TextBatch batch : cutter.add(text.tokenized(tokenizer))) {
                learner.step(batch);
            }
        }
    }

    private void compare(ModelArtifact base, ModelArtifact own) {
        table =
                Table.start(
                        "published",
                        "| published | alpha | beta | earlier books, bits per byte | forgotten | late source,"
                                + " bits per byte | learned |");
        model = new LanguageModel(engine, setup.model(), tokenizer.hash(), base);
        try {
            double earlyBase = bitsPerByte(base, earlyHeldOut);
            double lateBase = bitsPerByte(base, lateHeldOut);
            double earlyOwn = bitsPerByte(own, earlyHeldOut);
            double lateOwn = bitsPerByte(own, lateHeldOut);
            var scale = new Scale(earlyBase, earlyOwn, lateBase, lateOwn);
            print("the learner's own", 1, 0, base, own, scale);
            for (double alpha : ALPHAS) {
                print("by depth", alpha, 1 - alpha, base, own, scale);
            }
            for (double alpha : ALPHAS) {
                print("all layers alike", alpha, 0, base, own, scale);
            }
            print("the base", 0, 0, base, own, scale);
        } finally {
            model.close();
        }
    }

    /** Bits per byte of base and learner: what is forgotten, and learned, in full. */
    private record Scale(double earlyBase, double earlyOwn, double lateBase, double lateOwn) {}

    private void print(
            String name,
            double alpha,
            double beta,
            ModelArtifact base,
            ModelArtifact own,
            Scale scale) {
        var blend =
                new DepthBlend(new DepthBlend.Config(alpha, beta), setup.model().layout().build());
        ModelArtifact published = blend.of(base.bytes(), own);
        double earlyBits = bitsPerByte(published, earlyHeldOut);
        double lateBits = bitsPerByte(published, lateHeldOut);
        table.row(
                "| %s | %.2f | %.2f | %.4f | %.0f %% | %.4f | %.0f %% |",
                name,
                alpha,
                beta,
                earlyBits,
                100 * (earlyBits - scale.earlyBase()) / (scale.earlyOwn() - scale.earlyBase()),
                lateBits,
                100 * (scale.lateBase() - lateBits) / (scale.lateBase() - scale.lateOwn()));
    }

    private double bitsPerByte(ModelArtifact weights, byte[] text) {
        model.load(weights);
        int[] tokens = tokenizer.encode(text);
        return model.score(NOTHING, tokens).nats(tokens) / LN_2 / text.length;
    }
}
