package freshet.benchmarks.device;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Spread;
import freshet.benchmarks.Table;
import freshet.learners.LearnerSnapshot;
import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.Precision;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.tensor.Weights;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What a machine with a GPU must show of the engine, for an afternoon on which one is at hand: the
 * device, results beside the CPU's, recorded steps beside eager ones, recovery to the same bits,
 * survival without memory, search, and products in bfloat16. On {@code --device cpu} the same runs
 * with recorded steps that are only repeated.
 */
@Command(
        name = "device-check",
        mixinStandardHelpOptions = true,
        description = "Checks and measures the engine on a GPU; exits with 1 if a check fails.")
public final class DeviceCheckBenchmark implements Callable<Integer> {

    private static final double LOSS = 1e-4; // relative, of a few updates
    private static final double WEIGHTS = 1e-2; // of the way that they came
    private static final double REPLAYED = 1e-6;

    @Option(names = "--device", description = "Default ${DEFAULT-VALUE}.")
    private String device = "cuda:0";

    @Option(names = "--updates", description = "Timed, of each kind; default ${DEFAULT-VALUE}.")
    private int updates = 100;

    @Option(
            names = "--keys",
            split = ",",
            description = "Keys that are searched; default ${DEFAULT-VALUE}.")
    private List<Integer> keys = List.of(100_000, 1_000_000, 10_000_000);

    private final Checks checks = new Checks();
    private EngineSettings settings;

    @Override
    public Integer call() {
        System.out.println(Machine.line());
        TensorEngines.devices("libtorch").forEach(System.out::println);
        settings = EngineSettings.cpu("libtorch", 1).on(device).capturing(true);
        TensorEngine captured = TensorEngines.start(settings);
        System.out.println(captured.metadata());
        System.out.println();
        List<ReferenceLearner<?>> learners = ReferenceLearner.all(updates);
        checks.start();
        for (ReferenceLearner<?> learner : learners) {
            besideCpu(learner, captured);
            replayed(learner, captured, 20);
            recovers(learner, captured, 12);
        }
        new MemoryCheck(checks, settings).run();
        System.out.println();
        var table =
                Table.start(
                        "update",
                        "learner | eager ms | captured ms | eager / captured | bfloat16 ms | loss"
                                + " | loss in bfloat16");
        for (ReferenceLearner<?> learner : learners) {
            speed(learner, table);
        }
        System.out.println();
        new SearchCheck(checks, settings).run(keys);
        System.out.println();
        return checks.finish();
    }

    private TensorEngine engine(boolean captures, Precision precision) {
        return TensorEngines.start(settings.capturing(captures).in(precision));
    }

    /** The same updates on the CPU, eager. */
    private <B> void besideCpu(ReferenceLearner<B> one, TensorEngine captured) {
        TensorEngine cpu = TensorEngines.start("libtorch", 1);
        try (var expected = one.newLearner().apply(cpu);
                var actual = one.newLearner().apply(captured)) {
            float[] start = weights(expected);
            double loss = 0;
            for (int i = 0; i < one.warmUp() + Math.min(updates, 4); i++) {
                loss = Math.max(loss, difference(step(expected, one, i), step(actual, one, i)));
            }
            double way = distance(start, weights(expected));
            double apart = distance(weights(expected), weights(actual)) / way;
            checks.row(
                    one.name() + " beside the CPU",
                    loss <= LOSS && apart <= WEIGHTS,
                    "losses to %.1e, weights apart by %.1e of their way".formatted(loss, apart));
        }
    }

    private <B> void replayed(ReferenceLearner<B> one, TensorEngine captured, int steps) {
        try (var expected = one.newLearner().apply(engine(false, Precision.FLOAT32));
                var actual = one.newLearner().apply(captured)) {
            double loss = 0;
            for (int i = 0; i < one.warmUp() + Math.min(updates, steps); i++) {
                loss = Math.max(loss, difference(step(expected, one, i), step(actual, one, i)));
            }
            boolean same = java.util.Arrays.equals(weights(expected), weights(actual));
            checks.row(
                    one.name() + " captured as eager",
                    loss <= REPLAYED,
                    "losses to %.1e, weights %s".formatted(loss, same ? "equal" : "differ"));
        }
    }

    /** Stopped in the middle and resumed, and a second time without a stop. */
    private <B> void recovers(ReferenceLearner<B> one, TensorEngine captured, int steps) {
        int all = one.warmUp() + Math.min(updates, steps);
        String straight = hash(one, captured, all, all);
        String again = hash(one, captured, all, all);
        String resumed = hash(one, captured, all - 6, all);
        checks.row(
                one.name() + " recovers",
                straight.equals(again) && straight.equals(resumed),
                straight.substring(0, 12)
                        + (straight.equals(again) ? ", again the same" : ", again other")
                        + (straight.equals(resumed) ? ", resumed the same" : ", resumed other"));
    }

    private static <B> String hash(
            ReferenceLearner<B> one, TensorEngine engine, int stop, int all) {
        LearnerSnapshot snapshot;
        try (var learner = one.newLearner().apply(engine)) {
            for (int i = 0; i < stop; i++) {
                step(learner, one, i);
            }
            snapshot = LearnerSnapshot.fromBytes(learner.snapshot().toBytes());
        }
        try (var learner = one.newLearner().apply(engine)) {
            learner.restore(snapshot);
            for (int i = stop; i < all; i++) {
                step(learner, one, i);
            }
            return learner.snapshot().hash();
        }
    }

    private <B> void speed(ReferenceLearner<B> one, Table table) {
        double[] eager = timed(one, engine(false, Precision.FLOAT32));
        double[] captured = timed(one, engine(true, Precision.FLOAT32));
        double[] narrow = timed(one, engine(true, Precision.BFLOAT16));
        checks.note(one.name() + " in bfloat16", Double.isFinite(narrow[1]), "loss " + narrow[1]);
        table.row(
                "%s | %.3f | %.3f | %.2f | %.3f | %.4f | %.4f",
                one.name(),
                eager[0],
                captured[0],
                eager[0] / captured[0],
                narrow[0],
                captured[1],
                narrow[1]);
    }

    /**
     * Median milliseconds by the clock of an update, the pipeline's work around it included; and
     * mean loss.
     */
    private <B> double[] timed(ReferenceLearner<B> one, TensorEngine engine) {
        double[] millis = new double[updates];
        double loss = 0;
        try (var learner = one.newLearner().apply(engine)) {
            for (int i = 0; i < one.warmUp() + updates; i++) {
                long start = System.nanoTime();
                StepReport report = step(learner, one, i);
                if (i >= one.warmUp()) {
                    millis[i - one.warmUp()] = (System.nanoTime() - start) / 1e6;
                    loss += report.loss() / updates;
                }
            }
        }
        return new double[] {Spread.median(millis), loss};
    }

    private static <B> StepReport step(OnlineLearner<B> learner, ReferenceLearner<B> one, int i) {
        StepReport report = learner.step(one.batches().get(i));
        if (!report.applied()) {
            throw new IllegalStateException(one.name() + ": " + report.refusal());
        }
        return report;
    }

    private static double difference(StepReport expected, StepReport actual) {
        return Math.abs(actual.loss() - expected.loss()) / Math.max(1, Math.abs(expected.loss()));
    }

    private static float[] weights(OnlineLearner<?> learner) {
        return Weights.fromBytes(learner.publish().bytes());
    }

    private static double distance(float[] from, float[] to) {
        double squares = 0;
        for (int i = 0; i < from.length; i++) {
            squares += ((double) to[i] - from[i]) * ((double) to[i] - from[i]);
        }
        return Math.sqrt(squares);
    }
}
