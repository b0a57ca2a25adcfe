package freshet.benchmarks.stability;

import freshet.benchmarks.Machine;
import freshet.benchmarks.RecordOverrides;
import freshet.benchmarks.Spread;
import freshet.benchmarks.Table;
import freshet.benchmarks.text.TextStream;
import freshet.learners.Measurement;
import freshet.learners.Order;
import freshet.learners.StepReport;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.TextBatch;
import freshet.learners.language.Tokenizer;
import freshet.learners.stability.UpdateControl;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.pipelines.TensorOptions;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What sigmaReparam changes at learning rates that are too high, and what switching it costs. */
@Command(
        name = "reparameterise",
        mixinStandardHelpOptions = true,
        description = {
            "Raises the learning rate after a while, without sigmaReparam, with sigmaReparam"
                    + " switched on at run time just before, and 50 updates after. Prints the loss"
                    + " of the last hundred updates, each before its batch was learned, in nats a"
                    + " token, and the lowest entropy of a head in them as a share of ln T.",
            "Then what the loss of one batch is before and after switching on and off."
        })
public final class ReparameterisationBenchmark implements Callable<Integer> {

    /** When it is on. */
    private enum When {
        NEVER,
        BEFORE,
        AFTER
    }

    private static final int LAST = 100;
    private static final int LATER = 50;

    @Option(names = "--rates", split = ",", description = "Multiples; default ${DEFAULT-VALUE}.")
    private List<Double> factors = List.of(1.0, 3.0, 10.0, 30.0);

    @Option(names = "--seeds", split = ",", description = "Default ${DEFAULT-VALUE}.")
    private List<Integer> seeds = List.of(11, 12, 13);

    @Option(names = "--from", description = "Update with the higher rate; ${DEFAULT-VALUE}.")
    private int from = 100;

    @Option(names = "--updates", description = "Default ${DEFAULT-VALUE}.")
    private int updates = 600;

    @Option(names = "--normed", description = "Queries and keys are normed.")
    private boolean normed;

    @Option(names = "--model", description = "NAME=VALUE changes a size of the model.")
    private Map<String, String> model = new TreeMap<>();

    @Option(names = "--learning", description = "NAME=VALUE changes a rate of the learner.")
    private Map<String, String> learning = new TreeMap<>();

    private final Tokenizer tokenizer = BytePairTokenizer.load();
    private TensorEngine engine;
    private LanguageModelConfig sizes;

    /** What a run ends with. */
    private record End(double loss, double entropy) {}

    private Table table;

    @Override
    public Integer call() throws IOException {
        engine = TensorEngines.start(TensorOptions.ENGINE.defaultValue(), 1);
        model.put("normalisedQueriesAndKeys", String.valueOf(normed));
        sizes = RecordOverrides.with(LanguageModelConfig.defaults(tokenizer.vocabulary()), model);
        System.out.println(Machine.line());
        System.out.printf(
                "%d updates, model %s, learning %s, seeds %s%n", updates, model, learning, seeds);
        table =
                Table.start(
                        "rate x",
                        "| rate x | never | entropy | before | entropy | 50 updates after | entropy |");
        for (double factor : factors) {
            var row = new StringBuilder(String.valueOf(factor));
            for (When when : When.values()) {
                double[] losses = new double[seeds.size()];
                double[] entropies = new double[seeds.size()];
                for (int i = 0; i < losses.length; i++) {
                    End end = run(factor, when, seeds.get(i));
                    losses[i] = end.loss();
                    entropies[i] = end.entropy();
                }
                row.append(
                        " | %.3f ± %.3f | %.3f"
                                .formatted(
                                        Spread.mean(losses),
                                        Spread.deviation(losses),
                                        Spread.mean(entropies)));
            }
            table.row("%s", row);
        }
        printJumps();
        return 0;
    }

    private LearningConfig rates(int seed) {
        Map<String, String> rates = new TreeMap<>(learning);
        rates.put("seed", String.valueOf(seed));
        return RecordOverrides.with(LearningConfig.defaults(), rates);
    }

    private List<TextBatch> batches(int seed) throws IOException {
        byte[] book = TextStream.of(List.of("austen-sense"), 1024, 600_000).bytes();
        int begin = 10_000 * (seed % 20);
        int needed = updates * sizes.segment() * 6;
        TextStream stream = TextStream.of(Arrays.copyOfRange(book, begin, begin + needed), 1024);
        return stream.batches(tokenizer, sizes, updates);
    }

    private End run(double factor, When when, int seed) throws IOException {
        List<TextBatch> batches = batches(seed);
        int switched =
                switch (when) {
                    case NEVER -> -1;
                    case BEFORE -> from;
                    case AFTER -> from + LATER;
                };
        double loss = 0;
        double entropy = Double.POSITIVE_INFINITY;
        try (var learner = new LanguageLearner(engine, sizes, rates(seed), tokenizer.hash())) {
            for (int i = 0; i < updates; i++) {
                if (i == switched) {
                    reparameterise(learner, true);
                }
                if (i == from) {
                    obey(learner, UpdateControl.SCALE_RATE, "factor", String.valueOf(factor));
                }
                StepReport report = learner.step(batches.get(i));
                if (i >= updates - LAST) {
                    loss += report.loss() / LAST;
                    entropy = Math.min(entropy, lowestEntropy(report));
                }
            }
        }
        return new End(loss, entropy);
    }

    private static double lowestEntropy(StepReport report) {
        return report.measurements().stream()
                .filter(one -> one.name().equals("attentionEntropyNormalised"))
                .mapToDouble(Measurement::mean)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static void reparameterise(LanguageLearner learner, boolean on) {
        obey(learner, "reparameterise", "on", String.valueOf(on));
    }

    private static void obey(LanguageLearner learner, String action, String name, String value) {
        learner.obey(Order.of(action, new TreeMap<>(Map.of(name, value))), false);
    }

    /** The loss of the next batch as it is, and after a switch. */
    private void printJumps() throws IOException {
        System.out.println();
        table =
                Table.start(
                        "seed",
                        "| seed | updates | switched | loss before | loss after | difference |");
        for (int seed : seeds) {
            List<TextBatch> batches = batches(seed);
            try (var learner = new LanguageLearner(engine, sizes, rates(seed), tokenizer.hash())) {
                for (int i = 0; i < updates; i++) {
                    if (i % (updates / 2) == updates / 4) { // on at 1/4, off at 3/4
                        boolean on = i < updates / 2;
                        double before = nextLoss(learner, seed, batches.get(i));
                        reparameterise(learner, on);
                        double after = nextLoss(learner, seed, batches.get(i));
                        table.row(
                                "| %d | %d | %s | %.7f | %.7f | %.1e |",
                                seed, i, on ? "on" : "off", before, after, after - before);
                    }
                    learner.step(batches.get(i));
                }
            }
        }
    }

    /** Of a copy, which is thrown away. */
    private double nextLoss(LanguageLearner learner, int seed, TextBatch batch) {
        try (var copy = new LanguageLearner(engine, sizes, rates(seed), tokenizer.hash())) {
            copy.restore(learner.snapshot());
            return copy.step(batch).loss();
        }
    }
}
