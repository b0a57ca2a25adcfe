package freshet.benchmarks;

import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.tensor.TensorEngine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What an update of the learners of text and images costs on an engine; world-model-speed tells the
 * same of robots. What is learned is random: it does not matter to the time.
 */
@Command(
        name = "engine-speed",
        mixinStandardHelpOptions = true,
        description =
                "CPU time of an update of the learners of text and images (one engine thread), one"
                        + " engine a run.")
public final class EngineSpeedBenchmark implements Callable<Integer> {

    private static final int EXAMPLES = 128;

    @Mixin private EngineOption engineOption = new EngineOption();

    @Option(names = "--warm-up", description = "Updates before; default ${DEFAULT-VALUE}.")
    private int warmUp = 20;

    @Option(names = "--updates", description = "Default ${DEFAULT-VALUE}.")
    private int updates = 100;

    @Override
    public Integer call() {
        TensorEngine engine = engineOption.start();
        System.out.println(Machine.line());
        Table table =
                Table.start(
                        "engine-speed",
                        "engine | learner | CPU ms an update, median | p90 | engine MB");
        int vocabulary = BytePairTokenizer.load().vocabulary();
        report(
                table,
                engine,
                "text",
                LearnerSteps.text(
                        engine,
                        LanguageModelConfig.defaults(vocabulary),
                        LearningConfig.defaults()));
        report(table, engine, "images", LearnerSteps.images(engine, EXAMPLES, false));
        return 0;
    }

    private void report(Table table, TensorEngine engine, String name, LearnerSteps steps) {
        try (steps) {
            steps.cpuMillis(warmUp);
            double[] millis = steps.cpuMillis(updates);
            table.row(
                    "%s | %s | %.1f | %.1f | %.0f",
                    engine.metadata().get("engine"),
                    name,
                    Spread.median(millis),
                    Spread.quantile(millis, 0.9),
                    engine.nativeBytes() / 1e6);
        }
    }
}
