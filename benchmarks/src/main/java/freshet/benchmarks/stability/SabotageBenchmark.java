package freshet.benchmarks.stability;

import freshet.benchmarks.Machine;
import freshet.benchmarks.RecordOverrides;
import freshet.benchmarks.Spread;
import freshet.benchmarks.Table;
import freshet.benchmarks.text.TextStream;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.stability.remedies.Policy;
import freshet.learners.stability.remedies.PolicySource;
import freshet.learners.stability.rules.Alarm;
import freshet.learners.stability.rules.Report;
import freshet.learners.stability.rules.RuleSet;
import freshet.learners.stability.rules.Severity;
import freshet.learners.stability.rules.Watch;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.operators.LearnerActions;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.TensorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How early alarms are when training breaks, and what remedies save. */
@Command(
        name = "sabotage",
        mixinStandardHelpOptions = true,
        description = {
            "Breaks runs of the language learner on purpose, several seeds each, and prints when"
                    + " which alarm came, beside a plain alarm on the loss and one on the gradient,"
                    + " and when the loss and what is served became worse than in an undisturbed"
                    + " run of the same seed (5 %% above it). Numbers are updates after the first"
                    + " that was sabotaged.",
            "With --treat it prints what the last version scores on text that was not learned:"
                    + " undisturbed, without and with the default remedies."
        })
public final class SabotageBenchmark implements Callable<Integer> {

    private static final double WORSE = 1.05;
    private static final int SMOOTH = 10;
    private static final int HELD_OUT_BYTES = 20_000;

    @Option(names = "--modes", split = ",", description = "${COMPLETION-CANDIDATES}.")
    private List<Sabotage> modes =
            Arrays.stream(Sabotage.values()).filter(one -> one != Sabotage.NONE).toList();

    @Option(names = "--seeds", split = ",", description = "Default ${DEFAULT-VALUE}.")
    private List<Integer> seeds = List.of(11, 12, 13, 14, 15, 16, 17, 18, 19, 20);

    @Option(names = "--from", description = "First update that is sabotaged; ${DEFAULT-VALUE}.")
    private int from = 400;

    @Option(names = "--updates", description = "Updates from then on; default ${DEFAULT-VALUE}.")
    private int updates = 300;

    @Option(names = "--not-normed", description = "Queries and keys are not normed.")
    private boolean notNormed;

    @Option(names = "--treat", description = "Remedies, not alarms.")
    private boolean treat;

    @Option(names = "--runs", description = "Print each run's alarms and orders.")
    private boolean runs;

    @Option(
            names = "--delay",
            description = "Updates from a report to the remedy that follows; ${DEFAULT-VALUE}.")
    private int delay = 3;

    @Option(names = "--model", description = "NAME=VALUE changes a size of the model.")
    private Map<String, String> model = new TreeMap<>();

    @Option(names = "--learning", description = "NAME=VALUE changes a rate of the learner.")
    private Map<String, String> learning = new TreeMap<>();

    @Option(
            names = "--recordings",
            paramLabel = "FOLDER",
            description =
                    "Where what untreated runs report is kept, and taken from if it is there.")
    private Path recordings;

    @Mixin private RulesOption ruleFile;

    @Option(names = "--policy", paramLabel = "FILE", description = "Other remedies.")
    private Path policyFile;

    private RuleSet rules;
    private Policy.Plan plan;
    private TensorEngine engine;

    /** An alarm and the batch after which it came. */
    private record Raised(int batch, Alarm alarm) {}

    /** The loss of a version on the probe. */
    private record Published(int batch, double probeLoss) {}

    /** What a run came to, without its weights. */
    private record Outcome(
            double[] losses, List<Raised> raised, List<Published> published, double score) {}

    private Table table;

    @Override
    public Integer call() throws IOException {
        rules = ruleFile.read();
        plan =
                (policyFile == null
                                ? PolicySource.defaults(PolicySource.Mode.ACT)
                                : PolicySource.of(policyFile, PolicySource.Mode.ACT))
                        .read(rules.names(), LearnerActions.ARGUMENTS);
        engine = TensorEngines.start(TensorOptions.ENGINE.defaultValue(), 1);
        System.out.println(Machine.line());
        System.out.printf(
                "%d updates, sabotaged from %d on, queries and keys %snormed, model %s, learning"
                        + " %s, seeds %s%n",
                from - 1 + updates, from, notNormed ? "not " : "", model, learning, seeds);
        Map<Integer, Outcome> undisturbed = new LinkedHashMap<>();
        for (int seed : seeds) {
            undisturbed.put(seed, run(Sabotage.NONE, seed, false));
        }
        printHealthy(undisturbed);
        if (treat) {
            treat(undisturbed);
        } else {
            detect(undisturbed);
        }
        return 0;
    }

    private Outcome run(Sabotage sabotage, int seed, boolean treated) throws IOException {
        String name =
                "%s-%d-%s-%d-%d.gz"
                        .formatted(sabotage, seed, notNormed ? "free" : "normed", from, updates);
        Path file = recordings == null || treated ? null : recordings.resolve(name);
        Recording recording;
        if (file != null && Files.exists(file)) {
            recording = Recording.read(file);
        } else {
            recording = record(sabotage, seed, treated);
            if (file != null) {
                recording.write(file);
            }
        }
        Outcome outcome = judged(recording);
        if (runs) {
            System.out.printf("%s seed %d%s%n", sabotage, seed, treated ? ", treated" : "");
            outcome.raised().forEach(one -> System.out.println("  " + words(one)));
        }
        return outcome;
    }

    private Outcome judged(Recording recording) {
        var watch = new Watch(rules, "text");
        List<Raised> raised = new ArrayList<>();
        List<Published> published = new ArrayList<>();
        for (int i = 0; i < recording.reports().size(); i++) {
            Report report = recording.reports().get(i);
            int batch = recording.batches().get(i);
            watch.add(report).forEach(alarm -> raised.add(new Raised(batch, alarm)));
            report.points().stream()
                    .filter(one -> one.name().equals("probeLossNats"))
                    .forEach(one -> published.add(new Published(batch, one.mean())));
        }
        return new Outcome(recording.losses(), raised, published, recording.score());
    }

    private Recording record(Sabotage sabotage, int seed, boolean treated) throws IOException {
        Map<String, String> sizes = new TreeMap<>(model);
        if (notNormed) {
            sizes.put("normalisedQueriesAndKeys", "false");
        }
        Map<String, String> rates = new TreeMap<>(learning);
        rates.put("seed", String.valueOf(seed));
        var setup =
                new SabotagedRun.Setup(
                        RecordOverrides.with(
                                LanguageModelConfig.defaults(BytePairTokenizer.load().vocabulary()),
                                sizes),
                        RecordOverrides.with(LearningConfig.defaults(), rates),
                        from,
                        from - 1 + updates,
                        FreshetOptions.PUBLISH_EVERY.defaultValue(),
                        delay);
        // Each seed begins elsewhere in the book, and is tested behind what it learns.
        byte[] book = TextStream.of(List.of("austen-sense"), 1024, 600_000).bytes();
        int begin = 10_000 * (seed % 20);
        int needed = (from + updates) * 48 * 4;
        byte[] text = Arrays.copyOfRange(book, begin, begin + needed);
        byte[] heldOut = Arrays.copyOfRange(book, begin + needed, begin + needed + HELD_OUT_BYTES);
        var watch = new Watch(rules, "text");
        Policy policy = treated ? new Policy(plan, "text") : null;
        try (var run =
                new SabotagedRun(
                        engine, setup, sabotage, TextStream.of(text, 1024), watch, policy)) {
            run.run();
            if (runs) {
                run.obeyed().forEach(one -> System.out.println("  " + one));
            }
            return run.recording(run.score(heldOut));
        }
    }

    private static String words(Raised raised) {
        return "%d %s %s%s"
                .formatted(
                        raised.batch(),
                        raised.alarm().severity(),
                        raised.alarm().resolved() ? "over: " : "",
                        raised.alarm().message());
    }

    private void printHealthy(Map<Integer, Outcome> undisturbed) {
        Map<String, Long> alarms =
                undisturbed.values().stream()
                        .flatMap(one -> one.raised().stream())
                        .filter(one -> !one.alarm().resolved())
                        .collect(
                                Collectors.groupingBy(
                                        one -> one.alarm().rule() + " " + one.alarm().severity(),
                                        TreeMap::new,
                                        Collectors.counting()));
        System.out.printf(
                "alarms in %d undisturbed updates: %s%n%n",
                (long) (from - 1 + updates) * undisturbed.size(), alarms);
    }

    private void detect(Map<Integer, Outcome> undisturbed) throws IOException {
        table =
                Table.start(
                        "sabotage",
                        "| sabotage | found | first urgent alarm | rule | loss alarm | gradient alarm | loss"
                                + " worse | served worse | lead before either |");
        for (Sabotage mode : modes) {
            List<Integer> first = new ArrayList<>();
            List<Integer> ofLoss = new ArrayList<>();
            List<Integer> ofGradient = new ArrayList<>();
            List<Integer> worse = new ArrayList<>();
            List<Integer> servedWorse = new ArrayList<>();
            List<Integer> lead = new ArrayList<>();
            Map<String, Integer> rulesFirst = new TreeMap<>();
            for (int seed : seeds) {
                Outcome outcome = run(mode, seed, false);
                Raised urgent =
                        first(outcome, one -> one.alarm().severity().compareTo(Severity.HIGH) >= 0);
                if (urgent != null) {
                    rulesFirst.merge(urgent.alarm().rule(), 1, Integer::sum);
                }
                int alarm = since(urgent);
                first.add(alarm);
                ofLoss.add(since(first(outcome, one -> isOf(one, "LOSS_SPIKE", "LOSS_JUMP"))));
                ofGradient.add(since(first(outcome, one -> isOf(one, "GRADIENT_SPIKE"))));
                int lossWorse = lossWorse(outcome, undisturbed.get(seed));
                int versionWorse = servedWorse(outcome, undisturbed.get(seed));
                worse.add(lossWorse);
                servedWorse.add(versionWorse);
                int broken = Math.min(orNever(lossWorse), orNever(versionWorse));
                if (alarm >= 0 && broken < Integer.MAX_VALUE) {
                    lead.add(broken - alarm);
                }
            }
            table.row(
                    "| %s | %d of %d | %s | %s | %s | %s | %s | %s | %s |",
                    mode,
                    first.stream().filter(one -> one >= 0).count(),
                    seeds.size(),
                    spread(first),
                    rulesFirst,
                    spread(ofLoss),
                    spread(ofGradient),
                    spread(worse),
                    spread(servedWorse),
                    lead.isEmpty() ? "-" : median(lead) + " (" + range(lead) + ")");
        }
    }

    private static boolean isOf(Raised raised, String... names) {
        return List.of(names).contains(raised.alarm().rule());
    }

    private Raised first(Outcome outcome, Predicate<Raised> which) {
        return outcome.raised().stream()
                .filter(one -> one.batch() >= from && !one.alarm().resolved())
                .filter(which)
                .min(Comparator.comparingInt(Raised::batch))
                .orElse(null);
    }

    private int since(Raised raised) {
        return raised == null ? -1 : raised.batch() - from;
    }

    /** When the mean of the newest losses first lies above that of the undisturbed run. */
    private int lossWorse(Outcome outcome, Outcome undisturbed) {
        for (int batch = from + SMOOTH; batch < outcome.losses().length; batch++) {
            double here = mean(outcome.losses(), batch);
            if (here > WORSE * mean(undisturbed.losses(), batch) || Double.isNaN(here)) {
                return batch - from;
            }
        }
        return -1;
    }

    private static double mean(double[] losses, int last) {
        return Arrays.stream(losses, last - SMOOTH + 1, last + 1).average().orElseThrow();
    }

    private int servedWorse(Outcome outcome, Outcome undisturbed) {
        for (int i = 0; i < outcome.published().size(); i++) {
            Published one = outcome.published().get(i);
            if (one.batch() >= from
                    && i < undisturbed.published().size()
                    && one.probeLoss() > WORSE * undisturbed.published().get(i).probeLoss()) {
                return one.batch() - from;
            }
        }
        return -1;
    }

    private static int orNever(int since) {
        return since < 0 ? Integer.MAX_VALUE : since;
    }

    /** Median and range of those that happened, and how many that were. */
    private static String spread(List<Integer> since) {
        List<Integer> happened = since.stream().filter(one -> one >= 0).toList();
        if (happened.isEmpty()) {
            return "-";
        }
        String share =
                happened.size() == since.size()
                        ? ""
                        : ", %d of %d".formatted(happened.size(), since.size());
        return "%d (%s%s)".formatted(median(happened), range(happened), share);
    }

    private static int median(List<Integer> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static String range(List<Integer> values) {
        return values.stream().min(Integer::compare).orElseThrow()
                + " to "
                + values.stream().max(Integer::compare).orElseThrow();
    }

    private void treat(Map<Integer, Outcome> undisturbed) throws IOException {
        table =
                Table.start(
                        "sabotage",
                        "| sabotage | undisturbed | without remedies | with remedies |");
        for (Sabotage mode : modes) {
            double[] sound = new double[seeds.size()];
            double[] broken = new double[seeds.size()];
            double[] treated = new double[seeds.size()];
            for (int i = 0; i < seeds.size(); i++) {
                int seed = seeds.get(i);
                sound[i] = undisturbed.get(seed).score();
                broken[i] = run(mode, seed, false).score();
                treated[i] = run(mode, seed, true).score();
            }
            table.row("| %s | %s | %s | %s |", mode, words(sound), words(broken), words(treated));
        }
    }

    private static String words(double[] scores) {
        return "%.3f ± %.3f".formatted(Spread.mean(scores), Spread.deviation(scores));
    }
}
