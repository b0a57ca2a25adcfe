package freshet.benchmarks.robots;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.learners.Measurement;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.Frame;
import freshet.simulators.Distractions;
import freshet.simulators.Task;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What robots earn against steps and minutes while a world model learns from them. */
@Command(
        name = "robot-learning",
        mixinStandardHelpOptions = true,
        description =
                "Learns a task in one thread without a broker, and prints returns, losses and what a"
                        + " linear probe reads of the true state. Minutes are CPU time of the"
                        + " thread, evaluation included.")
public final class RobotLearningBenchmark implements Callable<Integer> {

    @Option(names = "--task", description = "Default ${DEFAULT-VALUE}.")
    private String task = "balance";

    @Option(names = "--distraction", description = "Default ${DEFAULT-VALUE}.")
    private String distraction = "none";

    @Option(names = "--background-only", description = "Neither colour nor camera distracts.")
    private boolean backgroundOnly;

    @Option(names = "--recipe", description = "plain, paper or variant; default ${DEFAULT-VALUE}.")
    private String recipe = "plain";

    @Option(
            names = "--without",
            split = ",",
            description =
                    "Parts to leave out: contrast, divergence, recurrence, same-sequence or"
                            + " other-sequences (of the negatives), overlay, second-view.")
    private List<String> without = List.of();

    @Option(
            names = "--apart",
            description = "The critics' gradient into the world model has moments of its own.")
    private boolean apart;

    @Option(names = "--side", description = "Pixels; default ${DEFAULT-VALUE}.")
    private int side = 32;

    @Option(
            names = "--staggered",
            description = "Episodes begin one after another, evenly, and not all at once.")
    private boolean staggered;

    @Option(names = "--robots", description = "Default ${DEFAULT-VALUE}.")
    private int robots = 8;

    @Option(names = "--steps-per-update", description = "Default ${DEFAULT-VALUE}.")
    private int stepsPerUpdate = 4;

    @Option(
            names = "--experience",
            description =
                    "replay, recent (of so many steps, recent:2000) or stream (a robot's windows begin"
                            + " so many steps apart, stream:12, and are so long, stream:4:48); default ${DEFAULT-VALUE}.")
    private String experience = "replay";

    @Option(
            names = "--updates",
            description = "Ends a run, if steps do not before; default ${DEFAULT-VALUE}.")
    private long updates = 5000;

    @Option(names = "--steps", description = "Of all robots together; as many as it takes.")
    private long steps = Long.MAX_VALUE;

    @Option(
            names = "--judge-every",
            description = "Episodes between evaluations; default ${DEFAULT-VALUE}.")
    private int judgeEvery = 2;

    @Option(names = "--seeds", split = ",", description = "Default ${DEFAULT-VALUE}.")
    private List<Long> seeds = List.of(1L);

    private Table table;

    @Override
    public Integer call() {
        Task.Name name = Task.Name.of(task);
        Distractions distractions = Distractions.named(distraction);
        if (backgroundOnly) {
            distractions = distractions.withColour(0).withCamera(0);
        }
        Set<String> parts = new TreeSet<>(without);
        System.out.println(Machine.line());
        System.out.printf(
                "%s, distraction %s%s, %s%s%s, %s, %d robots%s of %d pixels, an update every %d steps%n",
                name,
                distraction,
                backgroundOnly ? " (background only)" : "",
                recipe,
                parts.isEmpty() ? "" : " without " + parts,
                apart ? ", moments apart" : "",
                experience,
                robots,
                staggered ? " one after another" : "",
                side,
                stepsPerUpdate);
        table =
                Table.start(
                        "robot-learning",
                        "seed | CPU minutes | steps | updates | training | at the means | read of "
                                + Task.of(name).trueStateNames()
                                + " | measured");
        TensorEngine engine = TensorEngines.start("libtorch", 1);
        for (long seed : seeds) {
            learn(engine, name, distractions, parts, seed);
        }
        return 0;
    }

    private void learn(
            TensorEngine engine,
            Task.Name name,
            Distractions distractions,
            Set<String> parts,
            long seed) {
        int actuators = Task.of(name).actuators();
        LearningRecipe made =
                LearningRecipe.of(recipe, parts, side, actuators, apart, seed)
                        .with(experience, new Frame(side, side, LearningRun.CHANNELS));
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        var judged = new ArrayList<Double>();
        try (var run =
                new LearningRun(
                        engine,
                        made,
                        name,
                        distractions,
                        side,
                        robots,
                        staggered,
                        stepsPerUpdate,
                        seed)) {
            for (int episode = 1; run.updates() < updates && run.steps() < steps; episode++) {
                run.episode();
                if (episode % judgeEvery == 0) {
                    var explained = new ArrayList<Double>();
                    judged.add(run.judge(explained));
                    print(run, seed, start, judged.get(judged.size() - 1), explained);
                }
            }
        }
        System.out.printf(
                "seed %d: mean of the last five evaluations %.1f%n",
                seed,
                judged.subList(Math.max(0, judged.size() - 5), judged.size()).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElse(Double.NaN));
    }

    private void print(
            LearningRun run, long seed, long start, double judged, List<Double> explained) {
        long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        String measured =
                run.lastMeasured() == null
                        ? ""
                        : run.lastMeasured().measurements().stream()
                                .map(RobotLearningBenchmark::text)
                                .collect(Collectors.joining(" "));
        table.row(
                "%d | %.1f | %d | %d | %.1f | %.1f | %s | %s",
                seed,
                used / 60e9,
                run.steps(),
                run.updates(),
                run.trainingReturn(),
                judged,
                explained.stream()
                        .map(share -> "%.2f".formatted(share))
                        .collect(Collectors.joining(" ")),
                measured);
    }

    private static String text(Measurement one) {
        return "%s %.3g".formatted(one.name(), one.mean());
    }
}
