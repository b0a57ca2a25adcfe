package freshet.benchmarks.peers;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Spread;
import freshet.benchmarks.Table;
import freshet.benchmarks.peers.PeerTask.Side;
import freshet.benchmarks.pipeline.PipelineRun;
import freshet.benchmarks.pipeline.Workload;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.StreamJob;
import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Option;

/**
 * Both sides in turn on one broker: at full load, with all records there from the start, and at a
 * steady pace, where each record is timed from its sending until its answer is read again.
 */
final class PeerContest {

    /** Event time of the first record at full load; the others follow a millisecond apart. */
    static final long FIRST_EVENT_TIME = 1_000_000;

    private static final int PATIENCE_SECONDS = 60;

    @Option(names = "--rounds", description = "After one to warm up; default ${DEFAULT-VALUE}.")
    private int rounds = 3;

    @Option(
            names = "--paced-seconds",
            description =
                    "That are measured at the pace, after as many as --warm-up-seconds; 0: none;"
                            + " default ${DEFAULT-VALUE}.")
    private int pacedSeconds = 40;

    @Option(names = "--warm-up-seconds", description = "Default ${DEFAULT-VALUE}.")
    private int warmUpSeconds = 15;

    @Option(names = "--python", description = "Default ${DEFAULT-VALUE}.")
    private String python = "/usr/bin/python3";

    @Option(names = "--python-threads", description = "Of PyTorch; default ${DEFAULT-VALUE}.")
    private int pythonThreads = 1;

    @Option(names = "-D", description = "KEY=VALUE sets an option of Freshet's pipeline.")
    private Map<String, String> overrides = Map.of();

    private PeerTask task;
    private Workload workload; // the task's
    private double pace; // records a second
    private Path folder;

    /**
     * @param recordsPerSecond of the steady pace
     */
    int run(PeerTask contested, double recordsPerSecond) throws IOException {
        task = contested;
        workload = task.workload();
        pace = recordsPerSecond;
        folder = Files.createTempDirectory("freshet-peer");
        System.out.println(Machine.line());
        System.out.printf(
                "%,d %s, one partition; PyTorch with %d thread(s); changes %s%n%n",
                workload.records(), workload.unit(), pythonThreads, overrides);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
            double[] speed = fullLoad(kafka);
            double[] p99 = pacedSeconds > 0 ? paced(kafka) : new double[0];
            System.out.println();
            Table ratios =
                    Table.start("ratios", "Freshet over the loop | median | lowest | highest");
            ratio(ratios, workload.unit() + "/s", speed);
            if (p99.length > 0) {
                ratio(ratios, "p99 at the pace", p99);
            }
        }
        return 0;
    }

    private static void ratio(Table table, String what, double[] ratios) {
        table.row(
                "%s | %.2f | %.2f | %.2f",
                what,
                Spread.median(ratios),
                Spread.quantile(ratios, 0),
                Spread.quantile(ratios, 1));
    }

    /** Ratio of the speeds, by round. */
    private double[] fullLoad(EmbeddedKafka kafka) {
        Table table =
                Table.start(
                        "full load",
                        "round | runs | %s/s | %s".formatted(workload.unit(), task.scoreColumns()));
        double[] ratios = new double[rounds];
        for (int round = 0; round <= rounds; round++) {
            Map<Side, Double> speed = new EnumMap<>(Side.class);
            for (Side side : order(round)) {
                try (PipelineRun run = open(kafka, "full", side, round, true)) {
                    try (var sender = workload.sender(run)) {
                        for (int i = 0; i < workload.records(); i++) {
                            sender.send(i, FIRST_EVENT_TIME + i);
                        }
                    }
                    double perSecond = side == Side.FRESHET ? ownSpeed(run) : loopSpeed(run);
                    speed.put(side, perSecond);
                    table.row(
                            "%s | %s | %.2f | %s",
                            round == 0 ? "warm-up" : round,
                            side,
                            perSecond,
                            String.join(" | ", task.scores(run, side, workload.records())));
                }
            }
            if (round > 0) {
                ratios[round - 1] = speed.get(Side.FRESHET) / speed.get(Side.LOOP);
            }
        }
        return ratios;
    }

    /** Who comes first changes from round to round. */
    private static List<Side> order(int round) {
        return round % 2 == 0 ? List.of(Side.FRESHET, Side.LOOP) : List.of(Side.LOOP, Side.FRESHET);
    }

    private PipelineRun open(
            EmbeddedKafka kafka, String what, Side side, int round, boolean bounded) {
        Map<String, String> options = new TreeMap<>(workload.options());
        options.putAll(overrides);
        options.put(FreshetOptions.BOUNDED.key(), String.valueOf(bounded));
        String name = "%s-%s-%d".formatted(what, side.name(), round);
        return new PipelineRun(kafka, name, folder, options);
    }

    /** From the first answer that is written until all is answered and learned. */
    private double ownSpeed(PipelineRun run) {
        run.start(StreamJob.Branches.BOTH);
        List<Long> times = run.predictionTimes(workload.answers(workload.records()));
        long learned = run.learned().lastMillis();
        return speed(times, Math.max(times.get(times.size() - 1), learned));
    }

    private double loopSpeed(PipelineRun run) {
        try (PeerProcess loop = loop(run, workload.answers(workload.records()))) {
            loop.await();
        }
        List<Long> times = run.predictionTimes(workload.answers(workload.records()));
        return speed(times, times.get(times.size() - 1));
    }

    private double speed(List<Long> times, long lastMillis) {
        return (workload.records() - 1) * 1000.0 / (lastMillis - times.get(0));
    }

    private PeerProcess loop(PipelineRun run, int answers) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--bootstrap-servers", run.kafka().servers()));
        arguments.addAll(List.of("--topics", String.join(",", task.topics(run))));
        arguments.addAll(List.of("--answers", FreshetOptions.predictionsTopic(run.config())));
        arguments.addAll(List.of("--records", String.valueOf(answers)));
        arguments.addAll(List.of("--threads", String.valueOf(pythonThreads)));
        arguments.addAll(task.arguments(run));
        return PeerProcess.start(python, task.script(), pythonThreads, arguments);
    }

    /** Ratio of the 99th percentiles, by round. */
    private double[] paced(EmbeddedKafka kafka) {
        System.out.println();
        Table table =
                Table.start(
                        "paced",
                        "round | %s/s | runs | p50 ms | p99 ms | longest ms | %s"
                                .formatted(workload.unit(), task.scoreColumns()));
        double[] ratios = new double[rounds];
        for (int round = 1; round <= rounds; round++) {
            Map<Side, Double> p99 = new EnumMap<>(Side.class);
            for (Side side : order(round)) {
                try (PipelineRun run = open(kafka, "paced", side, round, false)) {
                    int warmUp = (int) (pace * warmUpSeconds);
                    int records = warmUp + (int) (pace * pacedSeconds);
                    double[] millis = latencies(run, side, records, warmUp);
                    p99.put(side, Spread.quantile(millis, 0.99));
                    table.row(
                            "%d | %.1f | %s | %.1f | %.1f | %.1f | %s",
                            round,
                            pace,
                            side,
                            Spread.quantile(millis, 0.5),
                            p99.get(side),
                            Spread.quantile(millis, 1),
                            String.join(" | ", task.scores(run, side, records)));
                }
            }
            ratios[round - 1] = p99.get(Side.FRESHET) / p99.get(Side.LOOP);
        }
        return ratios;
    }

    /** Milliseconds until the answers, of records from {@code from} on that have one. */
    private double[] latencies(PipelineRun run, Side side, int records, int from) {
        long[] sent = new long[records];
        long[] answered = new long[records];
        int answers = workload.answers(records);
        PeerProcess loop = null;
        if (side == Side.FRESHET) {
            run.start(StreamJob.Branches.BOTH);
        } else {
            loop = loop(run, answers);
        }
        try {
            var all =
                    CompletableFuture.runAsync(
                            () -> {
                                int[] left = {answers};
                                new TopicReader(
                                                run.kafka(),
                                                FreshetOptions.predictionsTopic(run.config()))
                                        .follow(
                                                true,
                                                answer -> {
                                                    long now = System.nanoTime();
                                                    answered[task.number(answer, side)] = now;
                                                    return --left[0] > 0;
                                                });
                            });
            feed(run, sent);
            await(all, loop);
            if (loop != null) {
                loop.await();
            }
        } finally {
            if (loop != null) {
                loop.close();
            }
        }
        List<Double> millis = new ArrayList<>();
        for (int i = from; i < records; i++) {
            if (answered[i] != 0) {
                millis.add((answered[i] - sent[i]) / 1e6);
            }
        }
        return millis.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private void feed(PipelineRun run, long[] sent) {
        try (var sender = workload.sender(run)) {
            long start = System.nanoTime();
            for (int i = 0; i < sent.length; i++) {
                long due = start + (long) (i * 1e9 / pace);
                new CountDownLatch(1).await(due - System.nanoTime(), TimeUnit.NANOSECONDS);
                sent[i] = System.nanoTime();
                sender.send(i, System.currentTimeMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void await(CompletableFuture<Void> answers, PeerProcess loop) {
        try {
            answers.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            if (loop != null) {
                loop.mustNotHaveFailed();
            }
            throw new IllegalStateException(
                    "not all answers came within %d s of the last record"
                            .formatted(PATIENCE_SECONDS),
                    e);
        }
    }
}
