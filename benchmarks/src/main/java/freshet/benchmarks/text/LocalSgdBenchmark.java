package freshet.benchmarks.text;

import freshet.benchmarks.EngineOption;
import freshet.benchmarks.Machine;
import freshet.benchmarks.RecordOverrides;
import freshet.benchmarks.Table;
import freshet.learners.RoundShare;
import freshet.learners.RoundWorker;
import freshet.learners.StepReport;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.Tokenizer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * One model learned by several workers, each with a thread and sources of its own, against one
 * learner on the same records. A round ends after so many updates a worker, at a fixed place of the
 * stream.
 */
@Command(
        name = "local-sgd",
        mixinStandardHelpOptions = true,
        description = "Bits per byte and speed of K workers whose weights are averaged.")
public final class LocalSgdBenchmark implements Callable<Integer> {

    private static final double LN_2 = Math.log(2);
    private static final double NANOS = 1e9;

    @Option(names = "--workers", split = ",", description = "K; default ${DEFAULT-VALUE}.")
    private List<Integer> workers = List.of(1, 2, 4);

    @Option(
            names = "--round",
            split = ",",
            description = "S, updates of each worker in a round; default ${DEFAULT-VALUE}.")
    private List<Integer> rounds = List.of(4, 32);

    @Option(names = "--bytes", description = "Of text, in all; default ${DEFAULT-VALUE}.")
    private int bytes = 400_000;

    @Option(names = "--sources", description = "In equal shares; default ${DEFAULT-VALUE}.")
    private int sources = 8;

    @Option(names = "--model", description = "NAME=VALUE changes a size of the model.")
    private Map<String, String> model = new TreeMap<>();

    @Option(names = "--learning", description = "NAME=VALUE changes a rate of the learner.")
    private Map<String, String> learning = new TreeMap<>();

    @Mixin private EngineOption engine = new EngineOption();

    private final Tokenizer tokenizer = BytePairTokenizer.load();

    /**
     * What a run came to.
     *
     * @param nats of all tokens, each scored by its worker before it was learned
     * @param lateNats of the second half of them
     * @param wallSeconds on this machine
     * @param pathSeconds processor time of the slowest worker of each round and of the averaging:
     *     what as many free cores would take
     */
    private record Score(double nats, double lateNats, double wallSeconds, double pathSeconds) {}

    @Override
    public Integer call() throws Exception {
        List<List<TextBatch>> bySource = batches();
        int updates = bySource.stream().mapToInt(List::size).sum();
        System.out.println(Machine.line());
        System.out.printf(
                "%d bytes in %d sources, %d updates; model %s, learning %s; a thread for each"
                        + " worker, seconds of the path are processor time%n%n",
                bytes, sources, updates, model, learning);
        var unused = run(bySource.subList(0, 1), 1, 1 << 20); // warms up
        Score one = run(bySource, 1, updates);
        Table table =
                Table.start(
                        "local-sgd",
                        "| K | S | bits/byte | second half | wall, s | path, s | path, times as fast |");
        row(table, 1, 0, one, one);
        for (int round : rounds) {
            for (int count : workers) {
                if (count > 1) {
                    row(table, count, round, run(bySource, count, round), one);
                }
            }
        }
        return 0;
    }

    private void row(Table table, int count, int round, Score score, Score one) {
        table.row(
                "| %d | %s | %.4f | %.4f | %.1f | %.1f | %.2f |",
                count,
                round == 0 ? "" : String.valueOf(round),
                score.nats / LN_2 / bytes,
                score.lateNats / LN_2 / (bytes / 2.0),
                score.wallSeconds,
                score.pathSeconds,
                one.pathSeconds / score.pathSeconds);
    }

    /** Each source's updates; sources are pieces of the books, as long as each other. */
    private List<List<TextBatch>> batches() throws Exception {
        LanguageModelConfig sizes = sizes();
        byte[] text = TextStream.of(TextStream.BOOKS, 1024, bytes).bytes();
        List<List<TextBatch>> bySource = new ArrayList<>();
        for (int i = 0; i < sources; i++) {
            byte[] piece =
                    Arrays.copyOfRange(
                            text,
                            (int) ((long) text.length * i / sources),
                            (int) ((long) text.length * (i + 1) / sources));
            var cutter = new TextBatchCutter(sizes.segment(), sizes.window(), 1);
            List<TextBatch> cut = new ArrayList<>();
            for (TextStream.Text one : TextStream.of(piece, 1024).texts()) {
                cut.addAll(cutter.add(one.tokenized(tokenizer)));
            }
            bySource.add(cut);
        }
        return bySource;
    }

    private LanguageModelConfig sizes() {
        return RecordOverrides.with(LanguageModelConfig.defaults(tokenizer.vocabulary()), model);
    }

    private LanguageLearner learner() {
        LearningConfig standard = RecordOverrides.with(LearningConfig.defaults(), learning);
        return new LanguageLearner(
                engine.start(),
                sizes(),
                RecordOverrides.with(standard, Map.of("probeEverySteps", "0")),
                tokenizer.hash());
    }

    /** Sources in turn, each belongs to one worker; all of a worker in their order. */
    private static List<List<TextBatch>> byWorker(List<List<TextBatch>> bySource, int count) {
        List<List<TextBatch>> byWorker = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byWorker.add(new ArrayList<>());
        }
        int longest = Collections.max(bySource.stream().map(List::size).toList());
        for (int place = 0; place < longest; place++) {
            for (int source = 0; source < bySource.size(); source++) {
                if (place < bySource.get(source).size()) {
                    byWorker.get(source % count).add(bySource.get(source).get(place));
                }
            }
        }
        return byWorker;
    }

    private Score run(List<List<TextBatch>> bySource, int count, int round) throws Exception {
        List<List<TextBatch>> parts = byWorker(bySource, count);
        List<RoundWorker<TextBatch>> all = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            for (int i = 0; i < count; i++) {
                all.add(new RoundWorker<>(learner(), i, count));
            }
            return run(parts, all, round, threads);
        } finally {
            threads.shutdown();
            all.forEach(RoundWorker::close);
        }
    }

    private static Score run(
            List<List<TextBatch>> parts,
            List<RoundWorker<TextBatch>> all,
            int round,
            ExecutorService threads)
            throws InterruptedException, ExecutionException {
        int longest = Collections.max(parts.stream().map(List::size).toList());
        double nats = 0;
        double lateNats = 0;
        double path = 0;
        long start = System.nanoTime();
        for (int from = 0; from < longest; from += round) {
            int begin = from;
            int end = Math.min(longest, from + round);
            List<Callable<double[]>> learning = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                RoundWorker<TextBatch> worker = all.get(i);
                List<TextBatch> mine = parts.get(i);
                learning.add(() -> learn(worker, mine, begin, end, longest));
            }
            double slowest = 0;
            for (Future<double[]> one : threads.invokeAll(learning)) {
                nats += one.get()[0];
                lateNats += one.get()[1];
                slowest = Math.max(slowest, one.get()[2]);
            }
            path += slowest;
            if (all.size() > 1) {
                path += average(all, threads);
            }
        }
        return new Score(nats, lateNats, (System.nanoTime() - start) / NANOS, path);
    }

    /** Nats, nats of those that lie in the second half, seconds of this thread. */
    private static double[] learn(
            RoundWorker<TextBatch> worker, List<TextBatch> mine, int begin, int end, int longest) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        double nats = 0;
        double late = 0;
        for (int i = begin; i < Math.min(end, mine.size()); i++) {
            StepReport report = worker.step(mine.get(i));
            nats += report.lossBeforeLearning();
            late += i >= longest / 2 ? report.lossBeforeLearning() : 0;
        }
        return new double[] {nats, late, seconds(before)};
    }

    private record Ended(byte[] share, double seconds) {}

    /** Ends a round; seconds of the slowest, its share written and all read. */
    private static double average(List<RoundWorker<TextBatch>> all, ExecutorService threads)
            throws InterruptedException, ExecutionException {
        List<Callable<Ended>> ending = new ArrayList<>();
        for (RoundWorker<TextBatch> worker : all) {
            ending.add(
                    () -> {
                        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                        byte[] share = worker.endRound().toBytes();
                        return new Ended(share, seconds(before));
                    });
        }
        List<byte[]> shares = new ArrayList<>();
        double slowestToEnd = 0;
        for (Future<Ended> ended : threads.invokeAll(ending)) {
            shares.add(ended.get().share());
            slowestToEnd = Math.max(slowestToEnd, ended.get().seconds());
        }
        List<Callable<Double>> taking = new ArrayList<>();
        for (RoundWorker<TextBatch> worker : all) {
            taking.add(
                    () -> {
                        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                        for (byte[] share : shares) {
                            worker.add(RoundShare.fromBytes(share));
                        }
                        return seconds(before);
                    });
        }
        double slowest = 0;
        for (Future<Double> took : threads.invokeAll(taking)) {
            slowest = Math.max(slowest, took.get());
        }
        return slowestToEnd + slowest;
    }

    private static double seconds(long before) {
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / NANOS;
    }
}
