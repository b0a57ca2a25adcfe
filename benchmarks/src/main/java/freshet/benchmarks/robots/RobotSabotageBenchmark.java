package freshet.benchmarks.robots;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.benchmarks.stability.RulesOption;
import freshet.learners.Order;
import freshet.learners.stability.UpdateControl;
import freshet.learners.stability.rules.Alarm;
import freshet.learners.stability.rules.RuleSet;
import freshet.learners.stability.rules.Severity;
import freshet.learners.stability.rules.Watch;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.pipelines.TensorOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the default rules say when a world model or its robots' cameras break. */
@Command(
        name = "robot-sabotage",
        mixinStandardHelpOptions = true,
        description =
                "Breaks robots that learn to balance, and prints when the first urgent alarm came,"
                        + " in updates after the break (a learner of robots reports every 50), with"
                        + " the mean return of the episodes before it and in the end.")
public final class RobotSabotageBenchmark implements Callable<Integer> {

    /** What goes wrong. */
    private enum Mode {
        NONE,
        RATE_10,
        RATE_30,
        /** The camera shows nothing. */
        BLACK,
        /** The picture hangs: always the same. */
        STUCK,
        /** Light and dark change places. */
        INVERTED
    }

    @Option(names = "--modes", split = ",", description = "${COMPLETION-CANDIDATES}.")
    private List<Mode> modes = Arrays.asList(Mode.values());

    @Option(names = "--seeds", split = ",", description = "Default ${DEFAULT-VALUE}.")
    private List<Integer> seeds = List.of(21);

    @Option(names = "--from", description = "Updates before the break; ${DEFAULT-VALUE}.")
    private int from = 3000;

    @Option(names = "--updates", description = "Updates from then on; default ${DEFAULT-VALUE}.")
    private int updates = 1500;

    @Mixin private RulesOption ruleFile;

    @Option(names = "--show", description = "Print each alarm.")
    private boolean show;

    private RuleSet rules;

    private Table table;

    @Override
    public Integer call() throws IOException {
        rules = ruleFile.read();
        TensorEngine engine = TensorEngines.start(TensorOptions.ENGINE.defaultValue(), 1);
        System.out.println(Machine.line());
        System.out.printf("broken after %d updates, %d more, seeds %s%n", from, updates, seeds);
        table =
                Table.start(
                        "broken by",
                        "| broken by | seed | first urgent alarm | rules | before | in the end |");
        for (Mode mode : modes) {
            for (int seed : seeds) {
                run(engine, mode, seed);
            }
        }
        return 0;
    }

    private void run(TensorEngine engine, Mode mode, int seed) {
        var watch = new Watch(rules, "robot");
        Map<String, Long> first = new TreeMap<>(); // by rule: updates since the break
        List<Long> urgent = new ArrayList<>();
        long[] broken = {Long.MAX_VALUE};
        try (LearningRun run = BalancingRobots.start(engine, seed)) {
            run.tell(
                    report -> {
                        for (Alarm alarm : watch.add(report)) {
                            if (show) {
                                System.out.println(alarm.severity() + " " + alarm.message());
                            }
                            if (run.updates() > broken[0] && !alarm.resolved()) {
                                long since = run.updates() - broken[0];
                                first.putIfAbsent(alarm.rule(), since);
                                if (alarm.severity().compareTo(Severity.HIGH) >= 0) {
                                    urgent.add(since);
                                }
                            }
                        }
                    });
            learn(run, from);
            double before = run.trainingReturn();
            broken[0] = run.updates();
            spoil(run, mode);
            learn(run, from + updates);
            table.row(
                    "| %s | %d | %s | %s | %.1f | %.1f |",
                    mode,
                    seed,
                    urgent.isEmpty() ? "never" : urgent.get(0),
                    first,
                    before,
                    run.trainingReturn());
        }
    }

    private static void learn(LearningRun run, int until) {
        while (run.updates() < until) {
            run.episode();
        }
    }

    private static void spoil(LearningRun run, Mode mode) {
        switch (mode) {
            case NONE -> {}
            case RATE_10 -> scaleRate(run, "10");
            case RATE_30 -> scaleRate(run, "30");
            case BLACK -> run.seeThrough(picture -> Arrays.fill(picture, (byte) 0));
            case STUCK -> {
                byte[][] kept = new byte[1][];
                run.seeThrough(
                        picture -> {
                            kept[0] = kept[0] == null ? picture.clone() : kept[0];
                            System.arraycopy(kept[0], 0, picture, 0, picture.length);
                        });
            }
            case INVERTED ->
                    run.seeThrough(
                            picture -> {
                                for (int i = 0; i < picture.length; i++) {
                                    picture[i] = (byte) ~picture[i];
                                }
                            });
        }
    }

    private static void scaleRate(LearningRun run, String factor) {
        run.order(Order.of(UpdateControl.SCALE_RATE, new TreeMap<>(Map.of("factor", factor))));
    }
}
