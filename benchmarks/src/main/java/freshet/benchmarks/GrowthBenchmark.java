package freshet.benchmarks;

import freshet.benchmarks.stability.WatchSpeedBenchmark;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.stability.rules.Report;
import freshet.learners.stability.rules.RuleSource;
import freshet.learners.stability.rules.Watch;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.Glimpse;
import freshet.learners.worldmodel.WorldModelActor;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearner;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.Task;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How time and memory grow with what there may be more of, as exponents of power laws. One thread,
 * CPU time, so that what else the machine does matters little.
 */
@Command(
        name = "growth",
        mixinStandardHelpOptions = true,
        description = {
            "CPU time and memory against batch, sequence, keys in memory, robots, models in a process"
                    + " and points of telemetry; exponents by least squares between logarithms, and"
                    + " where the next limit is.",
            "Memory is what is held between updates. The next limit goes on from the two largest"
                    + " sizes. An exponent of 1: twice as much takes twice as long; below 1, a fixed part still weighs."
        })
public final class GrowthBenchmark implements Callable<Integer> {

    private static final int PIXELS = 24;
    private static final int KEY_WIDTH = 128; // as the language model's
    private static final int QUERIES = 64;
    private static final int REPORTS = 64; // of telemetry, timed together

    @Option(names = "--repeats", description = "Of each size; default ${DEFAULT-VALUE}.")
    private int repeats = 8;

    @Mixin private EngineOption engineOption = new EngineOption();

    private final int vocabulary = BytePairTokenizer.load().vocabulary();
    private TensorEngine engine;
    private Table sizesTable;
    private final List<Fitted> fitted = new ArrayList<>();

    /** What can be done again and again, and holds memory until it is closed. */
    private interface Work extends AutoCloseable {

        /** CPU milliseconds of each time. */
        double[] millis(int times);

        @Override
        default void close() {}
    }

    /**
     * What grew how.
     *
     * @param atTheEnd through the two largest sizes: where a fixed part weighs least
     * @param budgetMillis when it becomes too slow
     * @param why it does then
     */
    private record Fitted(
            String what,
            PowerLaw time,
            PowerLaw atTheEnd,
            PowerLaw memory,
            double budgetMillis,
            String why) {}

    @Override
    public Integer call() {
        engine = engineOption.start();
        System.out.println(Machine.line());
        System.out.println("engine: " + engine.metadata().get("engine"));
        sizesTable = Table.start("sizes", "what | size | CPU ms, median | MB held");
        measure(
                "text: windows of an update",
                new int[] {2, 4, 8, 16},
                windows -> steps(text(96, windows)),
                1000,
                "an update a second; matrix products of one thread");
        measure(
                "text: tokens of a window",
                new int[] {48, 96, 192, 384, 768},
                window -> steps(text(window, 2)),
                1000,
                "an update a second; attention looks from every token at every other");
        measure(
                "pictures of an update",
                new int[] {32, 64, 128, 256, 512},
                batch -> steps(LearnerSteps.images(engine, batch, true)),
                1000,
                "an update a second; convolutions of one thread");
        measure(
                "robots: sequences of an update",
                new int[] {4, 8, 16, 32},
                sequences -> steps(robots(sequences, 12)),
                1000,
                "an update a second; the contrast compares all with all");
        measure(
                "robots: steps of a sequence",
                new int[] {6, 12, 24, 48},
                steps -> steps(robots(16, steps)),
                1000,
                "an update a second; steps come one after another, whatever the machine has");
        measure(
                "robots of a pass",
                new int[] {8, 16, 32, 64},
                this::acting,
                50,
                "a period at 20 Hz");
        measure(
                "keys in memory, searched exactly",
                new int[] {10_000, 30_000, 100_000, 300_000},
                this::search,
                10 * QUERIES,
                "10 ms a query, asked 64 at a time; then memory.search: approximate");
        measure(
                "models of a process, an update each",
                new int[] {1, 2, 4, 8},
                this::models,
                1000,
                "an update of each a second: a core has no more time");
        measure(
                "layers whose telemetry is watched",
                new int[] {1, 2, 4, 8, 16},
                this::telemetry,
                26,
                "a report an update of text; every rule looks at each of its points");
        print();
        return 0;
    }

    private void measure(
            String what, int[] sizes, IntFunction<Work> made, double budgetMillis, String why) {
        double[] at = new double[sizes.length];
        double[] millis = new double[sizes.length];
        double[] megabytes = new double[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            double before = held();
            try (Work work = made.apply(sizes[i])) {
                work.millis(2); // to warm up
                millis[i] = Spread.median(work.millis(repeats));
                megabytes[i] = Math.max(0.001, held() - before);
            }
            at[i] = sizes[i];
            sizesTable.row("%s | %d | %.3f | %.1f", what, sizes[i], millis[i], megabytes[i]);
        }
        fitted.add(
                new Fitted(
                        what,
                        PowerLaw.fit(at, millis),
                        PowerLaw.fit(lastTwo(at), lastTwo(millis)),
                        PowerLaw.fit(at, megabytes),
                        budgetMillis,
                        why));
    }

    private static double[] lastTwo(double[] values) {
        return Arrays.copyOfRange(values, values.length - 2, values.length);
    }

    /** Megabytes of the heap in use and of the engine's. */
    private double held() {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return (heap + engine.nativeBytes()) / 1e6;
    }

    private void print() {
        System.out.println();
        Table table =
                Table.start(
                        "exponents",
                        "what | time grows with the power of | residual | at the largest sizes |"
                                + " memory | residual | next limit, size | why");
        for (Fitted one : fitted) {
            table.row(
                    "%s | %.2f | %.2f | %.2f | %.2f | %.2f | %,.0f | %s",
                    one.what(),
                    one.time().exponent(),
                    one.time().residual(),
                    one.atTheEnd().exponent(),
                    one.memory().exponent(),
                    one.memory().residual(),
                    one.atTheEnd().sizeAt(one.budgetMillis()),
                    one.why());
        }
    }

    private static Work steps(LearnerSteps learner) {
        return new Work() {
            @Override
            public double[] millis(int times) {
                return learner.cpuMillis(times);
            }

            @Override
            public void close() {
                learner.close();
            }
        };
    }

    /**
     * @param windows of an update, one of them new
     */
    private LearnerSteps text(int window, int windows) {
        var sizes =
                RecordOverrides.with(
                        LanguageModelConfig.defaults(vocabulary),
                        Map.of(
                                "window",
                                String.valueOf(window),
                                "segment",
                                String.valueOf(window / 2)));
        var learning =
                RecordOverrides.with(
                        LearningConfig.defaults(),
                        Map.of("replayWindows", String.valueOf(windows - 1)));
        LearnerSteps learner = LearnerSteps.text(engine, sizes, learning);
        learner.cpuMillis(windows + 1); // until there are so many of old
        return learner;
    }

    private LearnerSteps robots(int sequences, int steps) {
        var standard = WorldModelLearningConfig.small(1);
        var learning =
                standard.with(
                        new WorldModelLearningConfig.Sampling(sequences, steps, 1, 64 << 20, 1000));
        return LearnerSteps.robots(engine, WorldModelConfig.small(PIXELS, 1), learning, PIXELS, 8);
    }

    private Work acting(int robots) {
        var model = WorldModelConfig.small(PIXELS, 1);
        var frame = new Frame(PIXELS, PIXELS, 3);
        var fleet = new RobotFleet(Task.Name.BALANCE, robots, PIXELS, Distractions.NONE, 1);
        List<Glimpse> glimpses = new ArrayList<>();
        for (int place = 0; place < robots; place++) {
            byte[] picture = new byte[fleet.frameBytes()];
            fleet.see(place, picture, 0);
            glimpses.add(new Glimpse("robot-" + place, 0, 0, picture, new float[0], null, true));
        }
        var learner =
                new WorldModelLearner(engine, model, WorldModelLearningConfig.small(1), frame);
        var actor = new WorldModelActor(engine, model, frame, robots, 1, learner.publish());
        learner.close();
        return new Work() {
            @Override
            public double[] millis(int times) {
                return timed(times, () -> actor.act(glimpses));
            }

            @Override
            public void close() {
                actor.close();
            }
        };
    }

    private Work search(int keys) {
        KeyMatrix matrix = engine.keyMatrix(keys, KEY_WIDTH);
        var random = new CounterRandom(1, 0, 0);
        float[] some = new float[QUERIES * KEY_WIDTH];
        for (int i = 0; i < some.length; i++) {
            some[i] = (float) random.nextGaussian();
        }
        for (int row = 0; row + QUERIES <= keys; row += QUERIES) {
            matrix.set(row, some, QUERIES);
        }
        return new Work() {
            @Override
            public double[] millis(int times) {
                return timed(times, () -> matrix.squaredDistances(some, QUERIES, 0, keys));
            }

            @Override
            public void close() {
                matrix.close();
            }
        };
    }

    private Work models(int count) {
        List<LearnerSteps> learners = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            learners.add(text(96, 2));
        }
        return new Work() {
            @Override
            public double[] millis(int times) {
                return timed(times, () -> learners.forEach(one -> one.cpuMillis(1)));
            }

            @Override
            public void close() {
                learners.forEach(LearnerSteps::close);
            }
        };
    }

    /**
     * @param layers of a model with four heads, which makes the points of a report
     */
    private Work telemetry(int layers) {
        var watch = new Watch(RuleSource.defaults().read(), "text");
        long[] next = {0};
        return times -> {
            double[] millis = new double[times];
            for (int i = 0; i < times; i++) {
                List<Report> reports = new ArrayList<>();
                while (reports.size() < REPORTS) {
                    reports.add(WatchSpeedBenchmark.report(next[0]++, layers, 4));
                }
                millis[i] = timed(1, () -> reports.forEach(watch::add))[0] / REPORTS;
            }
            return millis;
        };
    }

    private static double[] timed(int times, Runnable work) {
        double[] millis = new double[times];
        for (int i = 0; i < times; i++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            work.run();
            long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            millis[i] = (end - start) / 1e6;
        }
        return millis;
    }
}
