package freshet.jobs.recovery;

import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.ProbeGuard;
import freshet.learners.memory.MemoryConfig;
import freshet.learners.memory.MemorySearch;
import freshet.learners.tensor.EngineSettings;
import freshet.operators.ModelRecord;
import freshet.operators.OutRecord;
import freshet.operators.RoundConfig;
import freshet.operators.ServingConfig;
import freshet.operators.SharesInMemory;
import freshet.operators.TextDecoder;
import freshet.operators.TextRecord;
import freshet.operators.TextSetup;
import freshet.operators.TrialConfig;
import freshet.pipelines.Commands;
import freshet.pipelines.Learned;
import freshet.pipelines.TextPipeline;
import freshet.pipelines.TextSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;

/** The text pipeline with a model small enough to run hundreds of times. */
final class LoopedTexts implements LoopedPipeline {

    private static final RoundConfig TWO_WORKERS = new RoundConfig(2, 2);

    private final List<TextRecord> texts;
    private final TextSettings settings;
    private final Commands<TextRecord> commands;
    private final String shares; // null: there is one learner

    private LoopedTexts(
            List<TextRecord> texts,
            TextSettings settings,
            Commands<TextRecord> commands,
            String shares) {
        this.texts = texts;
        this.settings = settings;
        this.commands = commands;
        this.shares = shares;
    }

    static LoopedTexts plain(int records, int parallelism, boolean evaluation) {
        return new LoopedTexts(
                texts(records),
                settings(parallelism, evaluation, MemorySearch.EXACT, TrialConfig.NONE),
                Commands.none(),
                null);
    }

    /** With new versions tried on some of the sources. */
    static LoopedTexts tried(int records, int parallelism, boolean evaluation) {
        return new LoopedTexts(
                texts(records),
                settings(parallelism, evaluation, MemorySearch.EXACT, TRIALS),
                Commands.none(),
                null);
    }

    /**
     * Learned by two workers.
     *
     * @param log in which they leave their shares
     */
    static LoopedTexts shared(int records, int parallelism, boolean evaluation, String log) {
        return new LoopedTexts(
                texts(records),
                settings(parallelism, evaluation, MemorySearch.EXACT, TrialConfig.NONE),
                Commands.none(),
                log);
    }

    /**
     * With commands among the texts, and a memory that is searched along graphs.
     *
     * @param log in which it is decided where they hold
     */
    static LoopedTexts commanded(int records, int parallelism, boolean evaluation, String log) {
        List<TextRecord> texts = texts(records);
        TextSettings settings =
                settings(parallelism, evaluation, MemorySearch.APPROXIMATE, TrialConfig.NONE);
        long middle = texts.get(0).eventTimeMillis + records / 2;
        OrdersOnTheWay.put(texts, settings.decoder(), middle, List.of());
        return new LoopedTexts(
                texts, settings, new Commands<>(null, OrdersOnTheWay.settings(log)), null);
    }

    @Override
    public int records() {
        return texts.size();
    }

    @Override
    public TextSettings settings() {
        return settings;
    }

    @Override
    public boolean decidesOnArrival() {
        return texts.stream().anyMatch(TextRecord::isCommand);
    }

    @Override
    public Built build(
            DataStream<Long> numbers,
            Function<DataStream<OutRecord>, DataStream<ModelRecord>> loop) {
        DataStream<TextRecord> source =
                LoopedPipeline.records(
                        numbers, texts, TextRecord.class, settings.allowedDisorderMillis());
        Learned learned =
                shares == null
                        ? TextPipeline.learn(source, commands, settings)
                        : TextPipeline.learnInRounds(
                                source, TWO_WORKERS, new SharesInMemory(shares), settings);
        DataStream<TextRecord> asked = LoopedPipeline.asked(source);
        return new Built(
                learned, TextPipeline.predict(asked, loop.apply(learned.models()), settings));
    }

    private static TextSettings settings(
            int parallelism, boolean evaluation, MemorySearch search, TrialConfig trial) {
        LanguageModelConfig model =
                new LanguageModelConfig(
                        BytePairTokenizer.load().vocabulary(),
                        16,
                        1,
                        2,
                        2,
                        24,
                        12,
                        true,
                        true,
                        true,
                        true);
        LearningConfig standard = LearningConfig.defaults();
        LearningConfig learning =
                new LearningConfig(
                        standard.rate(),
                        standard.beta1(),
                        standard.beta2(),
                        standard.epsilon(),
                        5,
                        standard.decayPerThousandSteps(),
                        standard.clipNorm(),
                        1,
                        4_096,
                        0,
                        standard.averageDecay(),
                        7,
                        4,
                        8,
                        4);
        TextSetup setup =
                new TextSetup(
                        "small",
                        EngineSettings.cpu("libtorch", 1),
                        model,
                        learning,
                        new ProbeGuard.Config(2, 1),
                        4,
                        8,
                        true);
        return new TextSettings(
                new TextDecoder(65_536, Duration.ofDays(1).toMillis()),
                2,
                0,
                Duration.ofMinutes(10),
                setup,
                new MemoryConfig(4, 256, 8, 16, search, 12),
                new ServingConfig(evaluation, 5, 8, -1, 3, 2, trial),
                parallelism,
                16_384,
                0);
    }

    /** Three sources in turn, slightly out of order, with a query and a late record among them. */
    private static List<TextRecord> texts(int count) {
        List<TextRecord> texts = new ArrayList<>();
        String[] sources = {"mill", "weir", "ford"};
        String[] words = {"the water ", "turns the wheel ", "and runs on ", "over stones\n"};
        for (int i = 0; i < count; i++) {
            TextRecord text = new TextRecord();
            text.topic = "observations.text";
            text.partition = 0;
            text.offset = i;
            text.appendTimeMillis = 1_000_000L + i;
            text.headerNames = new String[0];
            text.headerValues = new byte[0][];
            text.source = sources[i % sources.length];
            text.sequence = i / sources.length;
            text.eventTimeMillis = 10_000L + i + (i % 4 == 1 ? 2 : 0);
            text.text =
                    (words[i % 4] + words[(i / 4) % 4] + words[(i * 7 / 5) % 4])
                            .getBytes(StandardCharsets.UTF_8);
            text.value = text.text;
            text.learn = i % 17 != 16;
            if (i % 50 == 49) {
                text.eventTimeMillis -= 20; // late
            }
            texts.add(text);
        }
        return texts;
    }
}
