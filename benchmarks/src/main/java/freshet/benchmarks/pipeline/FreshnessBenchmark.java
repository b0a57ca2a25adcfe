package freshet.benchmarks.pipeline;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.benchmarks.text.TextStream;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.StreamJob;
import freshet.jobs.commands.TextPublisher;
import freshet.pipelines.FreshetOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long until a prediction is served by a model that contains an event, and whether a prediction
 * takes longer while versions are swapped: a live stream at a steady rate, with many versions and
 * with none, in turn.
 */
@Command(
        name = "freshness",
        mixinStandardHelpOptions = true,
        description =
                "Learning lag, age of the serving model, and latency of predictions with and"
                        + " without new versions.")
public final class FreshnessBenchmark implements Callable<Integer> {

    private static final String NEVER = "1000000";

    @Option(names = "--books", split = ",", description = "Books of the corpus, or text files.")
    private List<String> books = List.of("austen-sense");

    @Option(names = "--record-bytes", description = "Longest record; default ${DEFAULT-VALUE}.")
    private int recordBytes = 128;

    @Option(names = "--per-second", description = "Records; default ${DEFAULT-VALUE}.")
    private double perSecond = 12;

    @Option(names = "--seconds", description = "Of each run; default ${DEFAULT-VALUE}.")
    private int seconds = 60;

    @Option(names = "--publish-every", description = "Updates; default ${DEFAULT-VALUE}.")
    private int publishEvery = FreshetOptions.PUBLISH_EVERY.defaultValue();

    @Option(names = "--rounds", description = "Default ${DEFAULT-VALUE}.")
    private int rounds = 2;

    @Option(names = "-D", description = "KEY=VALUE sets an option of the pipeline.")
    private Map<String, String> overrides = Map.of();

    /** Runs warm up for so long before their predictions count. */
    private static final int WARM_UP_SECONDS = 15;

    private Table table;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("freshet-freshness");
        int records = (int) (perSecond * (WARM_UP_SECONDS + seconds));
        TextStream stream = TextStream.of(books, recordBytes, (long) records * recordBytes);
        System.out.println(Machine.line());
        System.out.printf(
                "%d records of up to %d bytes, %.0f a second; a version every %d updates or none%n%n",
                stream.texts().size(), recordBytes, perSecond, publishEvery);
        table =
                Table.start(
                        "run",
                        "| run | predictions | versions served | latency p50, ms | p99, ms | learning lag p50,"
                                + " ms | p99, ms | model age p50, ms | p99, ms |");
        double[] with = new double[rounds];
        double[] without = new double[rounds];
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
            for (int round = 0; round < rounds; round++) {
                without[round] = p99(kafka, folder, "no-swaps-" + (round + 1), NEVER, stream);
                with[round] =
                        p99(
                                kafka,
                                folder,
                                "swaps-" + (round + 1),
                                String.valueOf(publishEvery),
                                stream);
            }
        }
        Arrays.sort(with);
        Arrays.sort(without);
        System.out.printf(
                "%nlowest p99 of %d runs each: %.0f ms with swaps, %.0f ms without, %+.1f %%%n",
                rounds, with[0], without[0], 100 * (with[0] / without[0] - 1));
        return 0;
    }

    private double p99(
            EmbeddedKafka kafka, Path folder, String name, String publishEvery, TextStream stream)
            throws InterruptedException {
        Map<String, String> options = new TreeMap<>(overrides);
        options.put(FreshetOptions.PUBLISH_EVERY.key(), publishEvery);
        try (var run = new PipelineRun(kafka, name, folder, options)) {
            run.start(StreamJob.Branches.BOTH);
            long countsFrom = feed(run, stream);
            List<Double> latencies = new ArrayList<>();
            List<Double> ages = new ArrayList<>();
            List<Long> versions = new ArrayList<>();
            for (PipelineRun.Served one : run.predictions(stream.texts().size())) {
                if (one.prediction().getEventTime() >= countsFrom) {
                    latencies.add(
                            (double)
                                    (one.prediction().getServedAt()
                                            - one.prediction().getEventTime()));
                    ages.add((double) one.prediction().getModelAgeMillis());
                    versions.add(one.prediction().getModelVersion());
                }
            }
            List<Double> lags = run.measured("learningLagMillis");
            double p99 = quantile(latencies, 0.99);
            table.row(
                    "| %s | %d | %d | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |",
                    name,
                    latencies.size(),
                    versions.stream().distinct().count(),
                    quantile(latencies, 0.5),
                    p99,
                    quantile(lags, 0.5),
                    quantile(lags, 0.99),
                    quantile(ages, 0.5),
                    quantile(ages, 0.99));
            return p99;
        }
    }

    /** Sends at the rate, event time = now; returns the event time from which it counts. */
    private long feed(PipelineRun run, TextStream stream) throws InterruptedException {
        try (var publisher = new TextPublisher(run.kafka(), run.textTopic(), "book", 0)) {
            long start = System.nanoTime();
            long countsFrom = System.currentTimeMillis() + 1000L * WARM_UP_SECONDS;
            int sent = 0;
            for (TextStream.Text text : stream.texts()) {
                long due = start + (long) (sent++ * 1e9 / perSecond);
                new CountDownLatch(1).await(due - System.nanoTime(), TimeUnit.NANOSECONDS);
                publisher.send(text.bytes(), System.currentTimeMillis());
            }
            publisher.flush();
            return countsFrom;
        }
    }

    private static double quantile(List<Double> values, double share) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(share * (sorted.length - 1)))];
    }
}
