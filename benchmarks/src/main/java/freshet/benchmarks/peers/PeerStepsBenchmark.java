package freshet.benchmarks.peers;

import freshet.benchmarks.EngineOption;
import freshet.benchmarks.LearnerSteps;
import freshet.benchmarks.Machine;
import freshet.benchmarks.Spread;
import freshet.benchmarks.Table;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The bare learners beside the peers' in PyTorch, eager, on one thread each. */
@Command(
        name = "peer-steps",
        mixinStandardHelpOptions = true,
        description = {
            "CPU time of an update of each default learner and of the same in PyTorch"
                    + " (benchmarks/peers/step_speed.py), one thread each, in turn: a text's window"
                    + " and one of old, 128 pictures with labels, 16 sequences of 12 pictures of a"
                    + " robot. Freshet's has its telemetry and checks.",
            "Needs what benchmarks/peers/README.md lists."
        })
public final class PeerStepsBenchmark implements Callable<Integer> {

    private static final int PICTURES = 128;
    private static final int PIXELS = 32;
    private static final int ROBOTS = 8;

    @Option(names = "--updates", description = "Of each, a round; default ${DEFAULT-VALUE}.")
    private int updates = 100;

    @Option(names = "--rounds", description = "After one to warm up; default ${DEFAULT-VALUE}.")
    private int rounds = 3;

    @Option(names = "--python", description = "Default ${DEFAULT-VALUE}.")
    private String python = "/usr/bin/python3";

    @Mixin private EngineOption engineOption = new EngineOption();

    @Override
    public Integer call() {
        TensorEngine engine = engineOption.start();
        System.out.println(Machine.line());
        Table table =
                Table.start(
                        "peer-steps",
                        "round | learner | engine | CPU ms an update | PyTorch | PyTorch over"
                                + " Freshet");
        Map<String, LearnerSteps> learners = learners(engine);
        Map<String, double[]> ratios = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (var learner : learners.entrySet()) {
                double own = Spread.median(learner.getValue().cpuMillis(updates));
                double peer = Spread.median(peer(learner.getKey()));
                table.row(
                        "%s | %s | %s | %.2f | %.2f | %.2f",
                        round == 0 ? "warm-up" : round,
                        learner.getKey(),
                        engine.metadata().get("engine"),
                        own,
                        peer,
                        peer / own);
                if (round > 0) {
                    ratios.computeIfAbsent(learner.getKey(), none -> new double[rounds])[
                                    round - 1] =
                            peer / own;
                }
            }
        }
        learners.values().forEach(LearnerSteps::close);
        System.out.println();
        Table medians =
                Table.start("ratios", "learner | engine | PyTorch over Freshet | lowest | highest");
        ratios.forEach(
                (learner, each) ->
                        medians.row(
                                "%s | %s | %.2f | %.2f | %.2f",
                                learner,
                                engine.metadata().get("engine"),
                                Spread.median(each),
                                Spread.quantile(each, 0),
                                Spread.quantile(each, 1)));
        return 0;
    }

    private static Map<String, LearnerSteps> learners(TensorEngine engine) {
        Map<String, LearnerSteps> learners = new LinkedHashMap<>();
        int vocabulary = BytePairTokenizer.load().vocabulary();
        learners.put(
                "text",
                LearnerSteps.text(
                        engine,
                        LanguageModelConfig.defaults(vocabulary),
                        LearningConfig.defaults()));
        learners.put("images", LearnerSteps.images(engine, PICTURES, true));
        learners.put(
                "robots",
                LearnerSteps.robots(
                        engine,
                        WorldModelConfig.small(PIXELS, 1),
                        WorldModelLearningConfig.small(1),
                        PIXELS,
                        ROBOTS));
        return learners;
    }

    private double[] peer(String learner) {
        List<String> arguments = List.of("--models", learner, "--updates", String.valueOf(updates));
        try (var process = PeerProcess.start(python, "step_speed.py", 1, arguments)) {
            double[] millis =
                    process.lines().stream()
                            .mapToDouble(line -> Double.parseDouble(line.split(" ", 2)[1]))
                            .toArray();
            process.await();
            return millis;
        }
    }
}
