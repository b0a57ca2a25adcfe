package freshet.benchmarks.text;

import freshet.benchmarks.RecordOverrides;
import freshet.benchmarks.Table;
import freshet.learners.Order;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.ProbeGuard;
import freshet.learners.language.TextBatch;
import freshet.learners.tensor.TensorEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What telemetry and remedies cost: for each a learner that does with it every other update, or
 * stretch of updates, and the others without. Learners are not compared with each other: where
 * their memory lies makes more of a difference than a probe.
 */
@Command(
        name = "probe-cost",
        mixinStandardHelpOptions = true,
        description = "Milliseconds of an update without telemetry, and what each part adds.")
public final class ProbeCostBenchmark implements Callable<Integer> {

    private static final int NEVER = 1_000_000;
    private static final int STRETCH = 10; // updates with or without what is switched by order

    @Mixin private RunOptions options;

    @Option(
            names = "--updates",
            description = "Timed, after a tenth as many to warm up; default ${DEFAULT-VALUE}.")
    private int updates = 300;

    /** One learner, and the milliseconds of its updates with and without what is measured. */
    private static final class Variant implements AutoCloseable {
        final String name;
        final ProbeGuard learner;
        final boolean publishes;
        final String action; // empty: telemetry or publishing, every other update
        final Map<String, String> on;
        final Map<String, String> off;
        final List<Double> with = new ArrayList<>();
        final List<Double> without = new ArrayList<>();

        Variant(
                String name,
                ProbeGuard learner,
                boolean publishes,
                String action,
                Map<String, String> on,
                Map<String, String> off) {
            this.name = name;
            this.learner = learner;
            this.publishes = publishes;
            this.action = action;
            this.on = on;
            this.off = off;
        }

        void step(TextBatch batch, int number, boolean timed) {
            boolean isOn = action.isEmpty() ? number % 2 == 0 : number / STRETCH % 2 == 1;
            if (!action.isEmpty() && number >= STRETCH && number % STRETCH == 0) {
                learner.obey(Order.of(action, isOn ? on : off), false);
            }
            long start = System.nanoTime();
            learner.step(batch);
            if (isOn && publishes) {
                learner.probe();
            }
            if (timed) {
                (isOn ? with : without).add((System.nanoTime() - start) / 1e6);
            }
        }

        @Override
        public void close() {
            learner.close();
        }
    }

    private Table table;

    @Override
    public Integer call() throws IOException {
        TextStream stream = TextStream.of(options.books, options.recordBytes, options.bytes);
        options.printHeader(stream);
        TensorEngine engine = options.engine();
        List<Variant> variants = variants(engine);
        int warmUp = updates / 10;
        List<TextBatch> batches =
                stream.batches(BytePairTokenizer.load(), options.setup().model(), warmUp + updates);
        for (int i = 0; i < warmUp + updates; i++) {
            for (Variant variant : variants) {
                variant.step(batches.get(i), i, i >= warmUp);
            }
        }
        report(variants);
        variants.forEach(Variant::close);
        return 0;
    }

    private List<Variant> variants(TensorEngine engine) {
        return List.of(
                telemetry(engine, "nothing", 0, 1),
                telemetry(engine, "attention, output and gradient probes", 2, NEVER),
                telemetry(engine, "spectral norms", NEVER, 2),
                new Variant(
                        "layers and embedding diagnosed",
                        learner(engine, NEVER, NEVER, 2, 0),
                        false,
                        "",
                        Map.of(),
                        Map.of()),
                new Variant(
                        "probe batch",
                        learner(engine, 0, 1, 0, ProbeGuard.Config.defaults().windows()),
                        true,
                        "",
                        Map.of(),
                        Map.of()),
                ordered(
                        engine,
                        "query-key clip",
                        "clipQueryKey",
                        Map.of("threshold", "1000000"),
                        Map.of("threshold", "0")),
                ordered(
                        engine,
                        "sigmaReparam of all layers",
                        "reparameterise",
                        Map.of("on", "true"),
                        Map.of("on", "false")));
    }

    private Variant telemetry(TensorEngine engine, String name, int probe, int spectra) {
        return new Variant(
                name, learner(engine, probe, spectra, 0, 0), false, "", Map.of(), Map.of());
    }

    private Variant ordered(
            TensorEngine engine,
            String name,
            String action,
            Map<String, String> on,
            Map<String, String> off) {
        return new Variant(name, learner(engine, 0, 1, 0, 0), false, action, on, off);
    }

    private ProbeGuard learner(
            TensorEngine engine, int probe, int spectra, int diagnose, int windows) {
        ServedRun.Setup setup = options.setup();
        LearningConfig learning =
                RecordOverrides.with(
                        setup.learning(),
                        Map.of(
                                "probeEverySteps",
                                String.valueOf(probe),
                                "spectraEverySteps",
                                String.valueOf(spectra),
                                "diagnoseEverySteps",
                                String.valueOf(diagnose)));
        return new ProbeGuard(
                new LanguageLearner(
                        engine, setup.model(), learning, BytePairTokenizer.load().hash()),
                new ProbeGuard.Config(windows, 100));
    }

    private void report(List<Variant> variants) {
        table =
                Table.start(
                        "each time", "| each time | ms an update without | with | added | share |");
        for (Variant variant : variants) {
            double without = median(variant.without);
            double with = median(variant.with);
            table.row(
                    "| %s | %.2f | %.2f | %+.2f | %+.1f %% |",
                    variant.name, without, with, with - without, 100 * (with - without) / without);
        }
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
