package freshet.benchmarks.text;

import freshet.benchmarks.RecordOverrides;
import freshet.learners.Order;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.ProbeGuard;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.TokenizedText;
import freshet.learners.language.Tokenizer;
import freshet.learners.tensor.TensorEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What telemetry and remedies cost: learners that differ in them alone take the same batches in
 * turn, in an order that turns too, so that what else the machine does hits all alike.
 */
@Command(
        name = "probe-cost",
        mixinStandardHelpOptions = true,
        description = "Milliseconds of an update without telemetry, and what each part adds.")
public final class ProbeCostBenchmark implements Callable<Integer> {

    private static final String NEVER = "1000000";

    @Mixin private RunOptions options;

    @Option(
            names = "--updates",
            description = "Timed, after a tenth as many to warm up; default ${DEFAULT-VALUE}.")
    private int updates = 300;

    /** One learner and the time of each of its updates. */
    private static final class Variant implements AutoCloseable {
        final String name;
        final boolean publishes;
        final ProbeGuard learner;
        final List<Double> millis = new ArrayList<>();

        Variant(String name, boolean publishes, ProbeGuard learner) {
            this.name = name;
            this.publishes = publishes;
            this.learner = learner;
        }

        void step(TextBatch batch, boolean publish) {
            long start = System.nanoTime();
            learner.step(batch);
            if (publish && publishes) {
                learner.publish();
                learner.probe();
            }
            millis.add((System.nanoTime() - start) / 1e6);
        }

        @Override
        public void close() {
            learner.close();
        }
    }

    @Override
    public Integer call() throws IOException {
        TextStream stream = TextStream.of(options.books, options.recordBytes, options.bytes);
        options.printHeader(stream);
        List<TextBatch> batches = batches(stream);
        TensorEngine engine = options.engine();
        List<Variant> variants = variants(engine);
        int warmUp = updates / 10;
        for (int i = 0; i < warmUp + updates; i++) {
            if (i == warmUp) {
                variants.forEach(variant -> variant.millis.clear());
                order(variants);
            }
            for (int j = 0; j < variants.size(); j++) {
                variants.get((i + j) % variants.size())
                        .step(batches.get(i), i % options.publishEvery == 0);
            }
        }
        report(variants);
        variants.forEach(Variant::close);
        return 0;
    }

    private List<TextBatch> batches(TextStream stream) {
        Tokenizer tokenizer = BytePairTokenizer.load();
        ServedRun.Setup setup = options.setup();
        var cutter = new TextBatchCutter(setup.model().segment(), setup.model().window(), 1000);
        var batches = new ArrayList<TextBatch>();
        for (TextStream.Text text : stream.texts()) {
            batches.addAll(
                    cutter.add(
                            new TokenizedText(
                                    text.source(),
                                    text.sequence(),
                                    text.eventTimeMillis(),
                                    tokenizer.encode(text.bytes()))));
        }
        if (batches.size() < updates * 11L / 10) {
            throw new IllegalArgumentException(
                    "--updates is %d, the text gives %d batches"
                            .formatted(updates, batches.size()));
        }
        return batches;
    }

    private List<Variant> variants(TensorEngine engine) {
        return new ArrayList<>(
                List.of(
                        variant(engine, "no telemetry", 0, "0", "1"),
                        variant(engine, "loss, norm, rate only", 0, NEVER, NEVER),
                        variant(
                                engine,
                                "attention, output, gradient at every update",
                                0,
                                "1",
                                NEVER),
                        variant(engine, "spectral norms at every update", 0, NEVER, "1"),
                        publishing(engine, "no telemetry, publishing", 0),
                        publishing(
                                engine,
                                "no telemetry, publishing with probe batch",
                                ProbeGuard.Config.defaults().windows()),
                        variant(engine, "query-key clip", 0, "0", "1"),
                        variant(engine, "sigmaReparam", 0, "0", "1"),
                        variant(
                                engine,
                                "defaults",
                                0,
                                String.valueOf(LearningConfig.defaults().probeEverySteps()),
                                String.valueOf(LearningConfig.defaults().spectraEverySteps()))));
    }

    private Variant publishing(TensorEngine engine, String name, int windows) {
        Variant plain = variant(engine, name, windows, "0", "1");
        return new Variant(name, true, plain.learner);
    }

    private Variant variant(
            TensorEngine engine, String name, int windows, String probeEvery, String spectraEvery) {
        ServedRun.Setup setup = options.setup();
        LearningConfig learning =
                RecordOverrides.with(
                        setup.learning(),
                        Map.of("probeEverySteps", probeEvery, "spectraEverySteps", spectraEvery));
        var learner =
                new LanguageLearner(
                        engine, setup.model(), learning, BytePairTokenizer.load().hash());
        return new Variant(
                name, false, new ProbeGuard(learner, new ProbeGuard.Config(windows, 100)));
    }

    /** After the warm-up: no matrix is 0 any more. */
    private static void order(List<Variant> variants) {
        for (Variant variant : variants) {
            if (variant.name.equals("query-key clip")) {
                variant.learner.obey(
                        Order.of("clipQueryKey", Map.of("threshold", "1000000")), false);
            } else if (variant.name.equals("sigmaReparam")) {
                variant.learner.obey(Order.of("reparameterise", Map.of("on", "true")), false);
            }
        }
    }

    /** Means of paired differences, and their medians: what another process steals is in both. */
    private static void report(List<Variant> variants) {
        var base = new TreeMap<Boolean, Variant>();
        variants.forEach(variant -> base.putIfAbsent(variant.publishes, variant));
        System.out.println(
                "| | ms an update, median | added, median ms | added, mean ms | share |");
        System.out.println("|---|---|---|---|---|");
        for (Variant variant : variants) {
            Variant against = base.get(variant.publishes);
            double[] added = new double[variant.millis.size()];
            Arrays.setAll(added, i -> variant.millis.get(i) - against.millis.get(i));
            double[] plain = against.millis.stream().mapToDouble(Double::doubleValue).toArray();
            double[] all = variant.millis.stream().mapToDouble(Double::doubleValue).toArray();
            System.out.printf(
                    "| %s | %.2f | %+.2f | %+.2f | %+.1f %% |%n",
                    variant.name,
                    median(all),
                    median(added),
                    trimmedMean(added),
                    100 * trimmedMean(added) / trimmedMean(plain));
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Without the least and the greatest fiftieth: pauses of the machine. */
    private static double trimmedMean(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int cut = sorted.length / 50;
        return Arrays.stream(sorted, cut, sorted.length - cut).average().orElse(Double.NaN);
    }
}
