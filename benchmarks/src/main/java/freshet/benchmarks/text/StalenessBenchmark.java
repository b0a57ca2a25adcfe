package freshet.benchmarks.text;

import freshet.benchmarks.Table;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a publication interval costs: the served score when a version comes every so many updates,
 * beside the learner's own, which is the same for all.
 */
@Command(
        name = "staleness",
        mixinStandardHelpOptions = true,
        description = "Served bits per byte against the publication interval.")
public final class StalenessBenchmark implements Callable<Integer> {

    @Mixin private RunOptions options;

    @Option(
            names = "--intervals",
            split = ",",
            description = "Updates between versions; default ${DEFAULT-VALUE}.")
    private List<Integer> intervals = List.of(1, 4, 16, 64, 256);

    private Table table;

    @Override
    public Integer call() throws IOException {
        TextStream stream = TextStream.of(options.books, options.recordBytes, options.bytes);
        options.printHeader(stream);
        table =
                Table.start(
                        "a version every",
                        "| a version every | LM | against the learner itself | LM + kNN | all three |");
        var learner = new Score();
        for (int interval : intervals) {
            options.publishEvery = interval;
            var total = new Score();
            try (var run = new ServedRun(options.engine(), options.setup())) {
                for (TextStream.Text text : stream.texts()) {
                    total.add(run.serveThenLearn(text));
                }
            }
            learner = total;
            table.row(
                    "| %d updates | %.4f | %+.2f %% | %.4f | %.4f |",
                    interval,
                    total.perByte(total.model),
                    100 * (total.perByte(total.model) / total.learnerPerByte() - 1),
                    total.perByte(total.modelAndNeighbours),
                    total.perByte(total.all));
        }
        System.out.printf("%nThe learner itself: %.4f%n", learner.learnerPerByte());
        return 0;
    }
}
