package freshet.benchmarks;

import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.TokenizedText;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingLearner;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.vision.ConvolutionalNetwork;
import freshet.learners.vision.ShiftScaleTurn;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
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

    private static final int SIDE = 28;
    private static final int CLASSES = 10;
    private static final int EXAMPLES = 128;
    private static final int STREAMS = 8; // texts that are read at the same time

    @Mixin private EngineOption engineOption = new EngineOption();

    @Option(names = "--warm-up", description = "Updates before; default ${DEFAULT-VALUE}.")
    private int warmUp = 20;

    @Option(names = "--updates", description = "Default ${DEFAULT-VALUE}.")
    private int updates = 100;

    @Override
    public Integer call() {
        TensorEngine engine = engineOption.start();
        System.out.println(Machine.line());
        System.out.println("| engine | learner | CPU ms an update, median | p90 | engine MB |");
        System.out.println("|---|---|---|---|---|");
        BytePairTokenizer tokenizer = BytePairTokenizer.load();
        LanguageModelConfig sizes = LanguageModelConfig.defaults(tokenizer.vocabulary());
        try (var learner =
                new LanguageLearner(engine, sizes, LearningConfig.defaults(), tokenizer.hash())) {
            report(engine, "text", run(learner, texts(sizes)));
        }
        var network = ConvolutionalNetwork.defaults(SIDE, SIDE, CLASSES);
        var config =
                SelfTrainingConfig.defaults(
                        SelfTrainingConfig.Method.gift((long) updates * EXAMPLES), 1);
        try (var learner =
                new SelfTrainingLearner(
                        engine, network, config, new ShiftScaleTurn(SIDE, SIDE, 2, 0.1, 10))) {
            learner.step(pictures(0, true));
            List<ExampleBatch> batches = new ArrayList<>();
            for (int i = 0; i < warmUp + updates; i++) {
                batches.add(pictures(i, false));
            }
            report(engine, "images", run(learner, batches));
        }
        return 0;
    }

    private List<TextBatch> texts(LanguageModelConfig sizes) {
        var cutter = new TextBatchCutter(sizes.segment(), sizes.window(), STREAMS);
        var random = new CounterRandom(1, 0, 0);
        List<TextBatch> batches = new ArrayList<>();
        for (int i = 0; batches.size() < warmUp + updates; i++) {
            int[] tokens = new int[sizes.window()];
            for (int k = 0; k < tokens.length; k++) {
                tokens[k] = (int) random.nextLong(sizes.vocabulary());
            }
            batches.addAll(cutter.add(new TokenizedText("source", i, 1000L * i, tokens)));
        }
        return batches;
    }

    private static ExampleBatch pictures(int number, boolean source) {
        var random = new CounterRandom(2, number, 0);
        float[] pixels = new float[EXAMPLES * SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        int[] labels = new int[EXAMPLES];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % CLASSES;
        }
        return source ? ExampleBatch.source(pixels, labels) : ExampleBatch.target(pixels, EXAMPLES);
    }

    private <B> List<Double> run(OnlineLearner<B> learner, List<B> batches) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < warmUp + updates; i++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            StepReport report = learner.step(batches.get(i));
            long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            if (!report.applied()) {
                throw new IllegalStateException(report.refusal());
            }
            if (i >= warmUp) {
                millis.add((end - start) / 1e6);
            }
        }
        return millis.stream().sorted().toList();
    }

    private static void report(TensorEngine engine, String learner, List<Double> millis) {
        System.out.printf(
                "| %s | %s | %.1f | %.1f | %.0f |%n",
                engine.metadata().get("engine"),
                learner,
                millis.get(millis.size() / 2),
                millis.get(millis.size() * 9 / 10),
                engine.nativeBytes() / 1e6);
    }
}
