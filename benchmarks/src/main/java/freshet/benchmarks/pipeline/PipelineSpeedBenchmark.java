package freshet.benchmarks.pipeline;

import com.sun.management.OperatingSystemMXBean;
import freshet.benchmarks.Machine;
import freshet.benchmarks.Spread;
import freshet.benchmarks.Table;
import freshet.benchmarks.text.TextStream;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.StreamJob;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.TokenizedText;
import freshet.learners.language.Tokenizer;
import freshet.learners.tensor.TensorEngines;
import freshet.operators.TextSetup;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.TextSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Tokens per second through learning, predicting and remembering together; what telemetry costs;
 * and what Flink and Kafka add to the bare learner on the same batches.
 */
@Command(
        name = "pipeline-speed",
        mixinStandardHelpOptions = true,
        description = "Throughput, price of telemetry, and Flink's and Kafka's share.")
public final class PipelineSpeedBenchmark implements Callable<Integer> {

    private static final String SOURCE = "book";
    private static final long FIRST_EVENT_TIME = 1_000_000;

    @Option(names = "--books", split = ",", description = "Books of the corpus, or text files.")
    private List<String> books = List.of("austen-sense");

    @Option(names = "--bytes", description = "Of each run; default ${DEFAULT-VALUE}.")
    private long bytes = 300_000;

    @Option(names = "--rounds", description = "After one to warm up; default ${DEFAULT-VALUE}.")
    private int rounds = 3;

    @Option(names = "-D", description = "KEY=VALUE sets an option of the pipeline.")
    private Map<String, String> overrides = Map.of();

    private final Path folder;
    private TextStream stream;

    public PipelineSpeedBenchmark() throws IOException {
        folder = Files.createTempDirectory("freshet-speed");
    }

    private Table table;

    @Override
    public Integer call() throws IOException {
        stream = TextStream.of(books, 1024, bytes);
        System.out.println(Machine.line());
        System.out.printf(
                "%d bytes in %d records, one topic partition, parallelism 1, changes %s%n%n",
                stream.bytes().length, stream.texts().size(), overrides);
        table =
                Table.start(
                        "round",
                        "| round | all, tokens/s | without telemetry | telemetry costs | all, CPU s | without"
                                + " telemetry | costs of it | learner in the job, ms/update | bare learner"
                                + " | Flink and Kafka add |");
        double[] telemetry = new double[rounds];
        double[] telemetryCpu = new double[rounds];
        double[] share = new double[rounds];
        double[] speed = new double[rounds];
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
            for (int round = 0; round <= rounds; round++) {
                boolean warmUp = round == 0;
                // Which of the two comes first changes: the process warms up over the rounds.
                boolean withFirst = round % 2 == 0;
                Throughput first = throughput(kafka, "first" + round, withFirst);
                Throughput second = throughput(kafka, "second" + round, !withFirst);
                Throughput with = withFirst ? first : second;
                Throughput without = withFirst ? second : first;
                double inJob = millisPerUpdateInJob(kafka, "learn" + round);
                double bare = bareMillisPerUpdate();
                table.row(
                        "| %s | %.0f | %.0f | %+.1f %% | %.1f | %.1f | %+.1f %% | %.2f | %.2f |"
                                + " %+.1f %% |",
                        warmUp ? "warm-up" : String.valueOf(round),
                        with.tokensPerSecond(),
                        without.tokensPerSecond(),
                        100 * (without.tokensPerSecond() / with.tokensPerSecond() - 1),
                        with.cpuSeconds(),
                        without.cpuSeconds(),
                        100 * (with.cpuSeconds() / without.cpuSeconds() - 1),
                        inJob,
                        bare,
                        100 * (inJob / bare - 1));
                if (!warmUp) {
                    speed[round - 1] = with.tokensPerSecond();
                    telemetry[round - 1] = without.tokensPerSecond() / with.tokensPerSecond() - 1;
                    telemetryCpu[round - 1] = with.cpuSeconds() / without.cpuSeconds() - 1;
                    share[round - 1] = inJob / bare - 1;
                }
            }
        }
        System.out.printf(
                "%nmedians: %.0f tokens/s through learn, predict and memory; telemetry costs %+.1f"
                        + " %% of the time and %+.1f %% of the CPU's; Flink and Kafka add %+.1f %%"
                        + " to a learner's step%n",
                Spread.median(speed),
                100 * Spread.median(telemetry),
                100 * Spread.median(telemetryCpu),
                100 * Spread.median(share));
        return 0;
    }

    /**
     * What one run of both branches did.
     *
     * @param cpuSeconds of the whole process, brokers and start of the job included: other
     *     processes on the machine disturb it far less than the time that passes
     */
    private record Throughput(double tokensPerSecond, double cpuSeconds) {}

    private Throughput throughput(EmbeddedKafka kafka, String name, boolean telemetry) {
        try (var run = run(kafka, name, String.valueOf(telemetry))) {
            long cpu = cpuNanos();
            run.start(StreamJob.Branches.BOTH);
            List<PipelineRun.Served> served = run.predictions(stream.texts().size());
            PipelineRun.Learned learned = run.learned();
            cpu = cpuNanos() - cpu;
            long tokens = 0;
            for (PipelineRun.Served one : served) {
                tokens += one.prediction().getBitsPerToken().size();
            }
            long last =
                    Math.max(served.get(served.size() - 1).writtenMillis(), learned.lastMillis());
            long first = Math.min(served.get(0).writtenMillis(), learned.firstMillis());
            return new Throughput(tokens * 1000.0 / (last - first), cpu / 1e9);
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private double millisPerUpdateInJob(EmbeddedKafka kafka, String name) {
        try (var run = run(kafka, name, "true")) {
            run.start(StreamJob.Branches.LEARN);
            PipelineRun.Learned learned = run.learned();
            return 1000 * learned.seconds() / learned.updates();
        }
    }

    private PipelineRun run(EmbeddedKafka kafka, String name, String telemetry) {
        Map<String, String> options = new TreeMap<>(overrides);
        options.put(FreshetOptions.BOUNDED.key(), "true");
        options.put(FreshetOptions.TELEMETRY.key(), telemetry);
        var run = new PipelineRun(kafka, name, folder, options);
        stream.publish(run.kafka(), run.textTopic(), SOURCE, FIRST_EVENT_TIME);
        return run;
    }

    /** The same batches and the same versions, without a stream around them. */
    private double bareMillisPerUpdate() {
        var config = Configuration.fromMap(overrides);
        TextSettings settings = FreshetOptions.texts(config).get(0);
        TextSetup setup = settings.learner();
        Tokenizer tokenizer = setup.newTokenizer();
        var cutter =
                new TextBatchCutter(
                        setup.model().segment(), setup.model().window(), setup.maxSources());
        List<TextBatch> batches = new ArrayList<>();
        for (TextStream.Text text : stream.texts()) {
            batches.addAll(
                    cutter.add(
                            new TokenizedText(
                                    SOURCE,
                                    text.eventTimeMillis(),
                                    text.eventTimeMillis(),
                                    tokenizer.encode(text.bytes()))));
        }
        try (var learner =
                new LanguageLearner(
                        TensorEngines.start(setup.engine()),
                        setup.model(),
                        setup.learning(),
                        tokenizer.hash())) {
            long start = System.nanoTime();
            for (TextBatch batch : batches) {
                if (learner.step(batch).step() % setup.publishEverySteps() == 0) {
                    learner.publish();
                }
            }
            return (System.nanoTime() - start) / 1e6 / batches.size();
        }
    }
}
