package freshet.benchmarks.text;

import freshet.benchmarks.Table;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How well the served predictions predict text that was never seen before, in bits per byte beside
 * {@code xz -9e} on the same bytes.
 */
@Command(
        name = "text-score",
        mixinStandardHelpOptions = true,
        description = "Prequential bits per byte of the served predictions, against xz.")
public final class TextScoreBenchmark implements Callable<Integer> {

    private static final String VOCABULARY = "/freshet/learners/language/vocabulary-2048.txt";

    @Mixin private RunOptions options;

    @Option(
            names = "--also-at",
            split = ",",
            description =
                    "Bytes after which the table is printed too: the score of that beginning.")
    private List<Long> alsoAt = List.of();

    @Option(names = "--progress-every", description = "Records between two lines of progress.")
    private int progressEvery = 100;

    private Table table;

    @Override
    public Integer call() throws IOException {
        TextStream stream = TextStream.of(options.books, options.recordBytes, options.bytes);
        var total = new Score();
        try (var run = new ServedRun(options.engine(), options.setup())) {
            for (TextStream.Text text : stream.texts()) {
                long before = total.bytes;
                total.add(run.serveThenLearn(text));
                if (alsoAt.stream().anyMatch(at -> before < at && at <= total.bytes)) {
                    print(stream, total, run);
                }
                if (text.eventTimeMillis() % progressEvery == progressEvery - 1) {
                    System.err.printf(
                            "%d bytes: learner %.4f, LM %.4f, LM+kNN %.4f, contexts %.4f, all %.4f;"
                                    + " learn %.0f, serve %.0f tokens/s%n",
                            total.bytes,
                            total.learnerPerByte(),
                            total.perByte(total.model),
                            total.perByte(total.modelAndNeighbours),
                            total.perByte(total.contexts),
                            total.perByte(total.all),
                            total.tokens / run.learnSeconds(),
                            total.tokens / run.serveSeconds());
                }
            }
            print(stream, total, run);
        }
        return 0;
    }

    private void print(TextStream stream, Score total, ServedRun run) throws IOException {
        byte[] text = Arrays.copyOf(stream.bytes(), (int) total.bytes);
        double bytes = text.length;
        OptionalLong command = Compressors.command(text, "xz", "-9e", "-c");
        long library = Compressors.xz(text);
        double xz = 8 * command.orElse(library) / bytes;
        options.printHeader(stream);
        long vocabulary;
        try (InputStream in = TextStream.class.getResourceAsStream(VOCABULARY)) {
            vocabulary = Compressors.xz(in.readAllBytes());
        }
        table =
                Table.start(
                        "predictor",
                        "| predictor | bits/byte | against xz | vocabulary charged | against xz |");
        table.row("| xz -9e (%s) | %.4f | | | |", command.isPresent() ? "command" : "library", xz);
        table.row("| xz -9e (XZ for Java) | %.4f | | | |", 8 * library / bytes);
        OptionalLong zstd = Compressors.command(text, "zstd", "-19", "-c");
        if (zstd.isPresent()) {
            table.row("| zstd -19 | %.4f | | | |", 8 * zstd.getAsLong() / bytes);
        }
        double charge = 8 * vocabulary / bytes;
        row("n-gram + match", total.perByte(total.contexts), charge, xz);
        row("LM", total.perByte(total.model), charge, xz);
        row("LM + kNN", total.perByte(total.modelAndNeighbours), charge, xz);
        row("LM + kNN + n-gram + match", total.perByte(total.all), charge, xz);
        row("the learner itself", total.learnerPerByte(), charge, xz);
        System.out.printf(
                "%nVocabulary: %d bytes by xz. kNN saves %.2f %% of the LM's bits. %d tokens;"
                        + " learner %.0f tokens/s, predict and memory %.0f tokens/s, one thread each.%n%n",
                vocabulary,
                100 * (1 - total.modelAndNeighbours / total.model),
                total.tokens,
                total.tokens / run.learnSeconds(),
                total.tokens / run.serveSeconds());
    }

    private void row(String name, double bits, double charge, double xz) {
        table.row(
                "| %s | %.4f | %+.2f %% | %.4f | %+.2f %% |",
                name, bits, 100 * (bits / xz - 1), bits + charge, 100 * ((bits + charge) / xz - 1));
    }
}
