package freshet.benchmarks.stability;

import freshet.benchmarks.LearnerReport;
import freshet.benchmarks.Machine;
import freshet.benchmarks.RecordOverrides;
import freshet.benchmarks.Table;
import freshet.benchmarks.images.TurningImages;
import freshet.benchmarks.robots.BalancingRobots;
import freshet.benchmarks.text.TextStream;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.stability.rules.Alarm;
import freshet.learners.stability.rules.Report;
import freshet.learners.stability.rules.RuleSet;
import freshet.learners.stability.rules.Watch;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.TensorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the default rules say of runs in which nothing is wrong. */
@Command(
        name = "healthy-watch",
        mixinStandardHelpOptions = true,
        description = {
            "Counts the alarms of healthy learners of all three kinds, from their first update on and"
                    + " with drift in the data: texts move from book to book, pictures turn, robots"
                    + " get better."
        })
public final class HealthyWatchBenchmark implements Callable<Integer> {

    private static final int BYTES_AN_UPDATE = 200;

    @Option(names = "--updates", description = "Of each kind; default ${DEFAULT-VALUE}.")
    private int updates = 7_000;

    @Option(names = "--kinds", split = ",", description = "Of text, images, robots.")
    private List<String> kinds = List.of("text", "images", "robots");

    @Option(names = "--seed", description = "Default ${DEFAULT-VALUE}.")
    private long seed = 21;

    @Option(
            names = "--books",
            split = ",",
            description =
                    "Texts one after another, names in the corpus or files; else five novels"
                            + " in an order of the seed's.")
    private List<String> books = List.of();

    @Option(names = "--show", description = "Print each alarm.")
    private boolean show;

    @Option(
            names = "--recordings",
            paramLabel = "FOLDER",
            description = "Where what learners report is kept, and taken from if it is there.")
    private Path recordings;

    @Mixin private RulesOption ruleFile;

    @Override
    public Integer call() throws IOException {
        RuleSet rules = ruleFile.read();
        System.out.println(Machine.line());
        Table table =
                Table.start("learner", "| learner | updates | page | high | warn | info | rules |");
        for (String kind : kinds) {
            Recording recording = recording(kind);
            var watch = new Watch(rules, kind);
            Map<String, Integer> bySeverity = new TreeMap<>();
            Map<String, Integer> byRule = new TreeMap<>();
            long last = 0;
            for (Report report : recording.reports()) {
                last = report.part().equals("learner") ? report.number() : last;
                for (Alarm alarm : watch.add(report)) {
                    if (!alarm.resolved()) {
                        bySeverity.merge(alarm.severity().name(), 1, Integer::sum);
                        byRule.merge(alarm.rule(), 1, Integer::sum);
                    }
                    if (show) {
                        System.out.println(
                                "%s %s %s%s"
                                        .formatted(
                                                kind,
                                                alarm.severity(),
                                                alarm.resolved() ? "over: " : "",
                                                alarm.message()));
                    }
                }
            }
            table.row(
                    "| %s | %d | %d | %d | %d | %d | %s |",
                    kind,
                    last,
                    bySeverity.getOrDefault("PAGE", 0),
                    bySeverity.getOrDefault("HIGH", 0),
                    bySeverity.getOrDefault("WARN", 0),
                    bySeverity.getOrDefault("INFO", 0),
                    byRule);
        }
        return 0;
    }

    private Recording recording(String kind) throws IOException {
        Path file =
                recordings == null
                        ? null
                        : recordings.resolve(
                                "healthy-%s-%d-%d-%s.gz"
                                        .formatted(kind, seed, updates, String.join("-", books)));
        if (file != null && Files.exists(file)) {
            return Recording.read(file);
        }
        Recording recording = record(kind);
        if (file != null) {
            recording.write(file);
        }
        return recording;
    }

    private Recording record(String kind) throws IOException {
        TensorEngine engine = TensorEngines.start(TensorOptions.ENGINE.defaultValue(), 1);
        if (kind.equals("text")) {
            return texts(engine);
        }
        List<Report> reports = new ArrayList<>();
        List<Integer> batches = new ArrayList<>();
        int[] batch = {0};
        Consumer<Report> seen =
                report -> {
                    if (report.part().equals("learner")) {
                        batch[0] = (int) report.number();
                    }
                    reports.add(report);
                    batches.add(batch[0]);
                };
        switch (kind) {
            case "images" ->
                    TurningImages.learn(
                            engine, seed, updates, report -> seen.accept(LearnerReport.of(report)));
            case "robots" -> BalancingRobots.learn(engine, seed, updates, seen);
            default -> throw new IllegalArgumentException("no kind " + kind);
        }
        return new Recording(new double[0], reports, batches, Double.NaN);
    }

    /** As much of each book. */
    private Recording texts(TensorEngine engine) throws IOException {
        List<String> inOrder = new ArrayList<>(books.isEmpty() ? TextStream.BOOKS : books);
        if (books.isEmpty()) {
            Collections.rotate(inOrder, (int) seed);
        }
        int each = updates * BYTES_AN_UPDATE / inOrder.size();
        var setup =
                new SabotagedRun.Setup(
                        LanguageModelConfig.defaults(BytePairTokenizer.load().vocabulary()),
                        RecordOverrides.with(
                                LearningConfig.defaults(), Map.of("seed", String.valueOf(seed))),
                        1,
                        updates,
                        FreshetOptions.PUBLISH_EVERY.defaultValue(),
                        0);
        TextStream stream = TextStream.each(inOrder, 1024, each);
        try (var run = new SabotagedRun(engine, setup, Sabotage.NONE, stream, null, null)) {
            run.run();
            return run.recording(Double.NaN);
        }
    }
}
