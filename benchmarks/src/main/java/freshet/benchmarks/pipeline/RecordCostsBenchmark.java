package freshet.benchmarks.pipeline;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.StreamJob;
import freshet.pipelines.FreshetOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A branch alone, of records that are all there from the start: how many a second, and where the
 * processor's time goes. From what a record costs each task follows what a cluster carries.
 */
@Command(
        name = "record-costs",
        mixinStandardHelpOptions = true,
        description = {
            "Records a second that serve answers with an untrained model at several parallelisms,"
                    + " that learn learns, or that both do together, and the processor time of each"
                    + " task for a record.",
            "A task that does not run in parallel answers at most one record in that time, however"
                    + " many machines there are."
        })
public final class RecordCostsBenchmark implements Callable<Integer> {

    private static final long FIRST_EVENT_TIME = 1_000_000;
    private static final double LEAST_SHARE = 0.005; // of the time of all, to be shown

    @Option(names = "--pipeline", description = "texts, images, robots; default ${DEFAULT-VALUE}.")
    private String pipeline = "images";

    @Option(
            names = "--branch",
            description =
                    "SERVE (untrained weights), LEARN or BOTH; default ${DEFAULT-VALUE}. A memory"
                            + " is slow among the keys of untrained weights, which are all alike:"
                            + " texts want BOTH.")
    private StreamJob.Branches branch = StreamJob.Branches.SERVE;

    @Option(names = "--records", description = "Of each run; default ${DEFAULT-VALUE}.")
    private int records = 20_000;

    @Option(names = "--pixels", description = "Of robots, a side; default ${DEFAULT-VALUE}.")
    private int pixels = 24;

    @Option(names = "--parallelism", split = ",", description = "Default ${DEFAULT-VALUE}.")
    private List<Integer> parallelisms = List.of(1, 2);

    @Option(
            names = "--rounds",
            description = "Of each parallelism, after one to warm up; default ${DEFAULT-VALUE}.")
    private int rounds = 2;

    @Option(names = "-D", description = "KEY=VALUE sets an option of the pipeline.")
    private Map<String, String> overrides = Map.of();

    private Workload workload;

    /** What a run came to: by what threads do, microseconds of a record. */
    private record Costs(double perSecond, Map<String, Double> micros) {}

    @Override
    public Integer call() throws IOException {
        workload =
                switch (pipeline) {
                    case "texts" -> new TextWorkload(List.of("austen-sense"), 1024L * records);
                    case "images" -> new ImageWorkload(records);
                    case "robots" -> new RobotWorkload(records, pixels, 1);
                    default ->
                            throw new IllegalArgumentException(
                                    "no pipeline %s, only texts, images, robots"
                                            .formatted(pipeline));
                };
        Path folder = Files.createTempDirectory("freshet-record-costs");
        System.out.println(Machine.line());
        System.out.printf(
                "%,d %s, one partition, changes %s%n%n",
                workload.records(), workload.unit(), overrides);
        Table table =
                Table.start(
                        "costs",
                        "parallelism | round | %s/s | of a record | processor, microseconds"
                                .formatted(workload.unit()));
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
            run(kafka, folder, "warm-up", 1);
            for (int round = 1; round <= rounds; round++) {
                for (int parallelism : parallelisms) {
                    String name = "r%d-p%d".formatted(round, parallelism);
                    tell(table, parallelism, round, run(kafka, folder, name, parallelism));
                }
            }
        }
        return 0;
    }

    private static void tell(Table table, int parallelism, int round, Costs costs) {
        double all = costs.micros().values().stream().mapToDouble(Double::doubleValue).sum();
        table.row("%d | %d | %,.1f | all | %,.0f", parallelism, round, costs.perSecond(), all);
        costs.micros().entrySet().stream()
                .filter(one -> one.getValue() > LEAST_SHARE * all)
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(one -> table.row(" | | | %s | %,.1f", one.getKey(), one.getValue()));
    }

    private Costs run(EmbeddedKafka kafka, Path folder, String name, int parallelism) {
        Map<String, String> options = new TreeMap<>(workload.options());
        options.putAll(overrides);
        options.put(FreshetOptions.BOUNDED.key(), "true");
        options.put(FreshetOptions.PARALLELISM.key(), String.valueOf(parallelism));
        try (var run = new PipelineRun(kafka, name, folder, options)) {
            try (var sender = workload.sender(run)) {
                for (int i = 0; i < workload.records(); i++) {
                    sender.send(i, FIRST_EVENT_TIME + i);
                }
            }
            try (var times = new ThreadTimes()) {
                run.start(branch);
                double perSecond =
                        switch (branch) {
                            case LEARN -> learned(run);
                            case SERVE -> answered(run);
                            default -> Math.min(answered(run), learned(run));
                        };
                Map<String, Double> micros = new TreeMap<>();
                times.seconds()
                        .forEach(
                                (work, seconds) ->
                                        micros.put(
                                                work.replace(name + ".", ""),
                                                1e6 * seconds / workload.records()));
                return new Costs(perSecond, micros);
            }
        }
    }

    private double answered(PipelineRun run) {
        List<Long> times = run.predictionTimes(workload.answers(workload.records()));
        long millis = times.get(times.size() - 1) - times.get(0);
        return 1000.0 * (workload.records() - 1) / millis;
    }

    private double learned(PipelineRun run) {
        return workload.records() / run.learned().seconds();
    }
}
