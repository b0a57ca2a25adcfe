package freshet.benchmarks.text;

import freshet.benchmarks.Table;
import freshet.learners.Measurement;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.ProbeGuard;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.Tokenizer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How far a healthy model's loss on the probe batch rises while the stream moves from book to book:
 * what the tolerance of {@link ProbeGuard} has to let through.
 */
@Command(
        name = "probe-drift",
        mixinStandardHelpOptions = true,
        description = "Rise of the loss on the probe batch over the best of late, book by book.")
public final class ProbeDriftBenchmark implements Callable<Integer> {

    private static final int RECENT = 16; // as the guard has it

    @Mixin private RunOptions options;

    @Option(names = "--seed", description = "Of the learner; default ${DEFAULT-VALUE}.")
    private long seed = 1;

    private Table table;

    @Override
    public Integer call() throws IOException {
        int each = Math.toIntExact(options.bytes / options.books.size());
        TextStream stream = TextStream.each(options.books, options.recordBytes, each);
        options.learning.put("seed", String.valueOf(seed));
        options.printHeader(stream);
        table =
                Table.start(
                        "book",
                        "| book | versions | probe loss, first | last | greatest rise over the best of the"
                                + " last 16 | greatest churn |");
        Tokenizer tokenizer = BytePairTokenizer.load();
        ServedRun.Setup setup = options.setup();
        var cutter = new TextBatchCutter(setup.model().segment(), setup.model().window(), 1000);
        Deque<Double> recent = new ArrayDeque<>();
        long published = 0;
        try (var learner =
                new ProbeGuard(
                        new LanguageLearner(
                                options.engine(),
                                setup.model(),
                                setup.learning(),
                                tokenizer.hash()),
                        new ProbeGuard.Config(ProbeGuard.Config.defaults().windows(), 100))) {
            learner.publish();
            for (String book : options.books) {
                var row = new Row();
                for (TextStream.Text text : stream.texts()) {
                    if (!text.source().equals(book)) {
                        continue;
                    }
                    var record = text.tokenized(tokenizer);
                    for (TextBatch batch : cutter.add(record)) {
                        long step = learner.step(batch).step();
                        if (step >= published + options.publishEvery) {
                            published = step;
                            learner.publish();
                            row.add(learner.probe(), recent);
                        }
                    }
                }
                row.print(book, table);
            }
        }
        return 0;
    }

    /** What is printed of one book. */
    private static final class Row {
        int versions;
        double first = Double.NaN;
        double last = Double.NaN;
        double rise = Double.NEGATIVE_INFINITY;
        double churn;

        void add(List<Measurement> measured, Deque<Double> recent) {
            for (Measurement one : measured) {
                if (one.name().equals("probeChurn")) {
                    churn = Math.max(churn, one.mean());
                } else if (one.name().equals("probeLossNats")) {
                    loss(one.mean(), recent);
                }
            }
        }

        private void loss(double loss, Deque<Double> recent) {
            versions++;
            first = versions == 1 ? loss : first;
            last = loss;
            if (!recent.isEmpty()) {
                rise = Math.max(rise, loss - Collections.min(recent));
            }
            if (recent.size() == RECENT) {
                recent.removeFirst();
            }
            recent.addLast(loss);
        }

        void print(String book, Table table) {
            table.row(
                    "| %s | %d | %.3f | %.3f | %.3f | %.3f |",
                    book, versions, first, last, rise, churn);
        }
    }
}
