package freshet.benchmarks.text;

import freshet.benchmarks.EngineOption;
import freshet.benchmarks.Machine;
import freshet.benchmarks.RecordOverrides;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.memory.ExpertMixer;
import freshet.learners.memory.MemoryConfig;
import freshet.learners.tensor.TensorEngine;
import freshet.pipelines.FreshetOptions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of all text benchmarks: what is read, and changes to the pipeline's defaults. */
final class RunOptions {

    @Option(
            names = "--books",
            split = ",",
            description = "Books of the corpus, or text files, one after another.")
    List<String> books = TextStream.BOOKS;

    @Option(names = "--bytes", description = "Bytes read of them; default ${DEFAULT-VALUE}.")
    long bytes = 1_000_000;

    @Option(names = "--record-bytes", description = "Longest record; default ${DEFAULT-VALUE}.")
    int recordBytes = 1024;

    @Option(names = "--publish-every", description = "Updates between two versions.")
    int publishEvery = FreshetOptions.PUBLISH_EVERY.defaultValue();

    @Option(names = "--model", description = "NAME=VALUE changes a size of the model.")
    Map<String, String> model = new TreeMap<>();

    @Option(names = "--learning", description = "NAME=VALUE changes a rate of the learner.")
    Map<String, String> learning = new TreeMap<>();

    @Option(names = "--memory", description = "NAME=VALUE changes a size of the memory.")
    Map<String, String> memory = new TreeMap<>();

    @Option(names = "--mixer", description = "NAME=VALUE changes a rate of the mixture.")
    Map<String, String> mixer = new TreeMap<>();

    @Option(names = "--no-memory", description = "The language model alone.")
    boolean noMemory;

    @Mixin EngineOption engine = new EngineOption();

    TensorEngine engine() {
        return engine.start();
    }

    ServedRun.Setup setup() {
        LanguageModelConfig sizes =
                RecordOverrides.with(
                        LanguageModelConfig.defaults(BytePairTokenizer.load().vocabulary()), model);
        LearningConfig rates = RecordOverrides.with(LearningConfig.defaults(), learning);
        MemoryConfig standard =
                new MemoryConfig(
                        FreshetOptions.MEMORY_SHARDS.defaultValue(),
                        FreshetOptions.MEMORY_CAPACITY.defaultValue(),
                        FreshetOptions.MEMORY_NEIGHBOURS.defaultValue(),
                        sizes.width(),
                        FreshetOptions.MEMORY_SEARCH.defaultValue(),
                        FreshetOptions.CONTEXT_SLOTS.defaultValue());
        return new ServedRun.Setup(
                sizes,
                rates,
                noMemory ? null : RecordOverrides.with(standard, memory),
                RecordOverrides.with(ExpertMixer.Config.defaults(), mixer),
                publishEvery);
    }

    /** What was read, by what, on what. */
    void printHeader(TextStream stream) {
        System.out.println(Machine.line());
        System.out.printf(
                "%d bytes in %d records of up to %d bytes, a version every %d updates; changes to"
                        + " the defaults: model %s, learning %s, memory %s, mixer %s%n%n",
                stream.bytes().length,
                stream.texts().size(),
                recordBytes,
                publishEvery,
                model,
                learning,
                memory,
                mixer);
    }
}
