package freshet.operators;

import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.ProbeGuard;
import freshet.learners.memory.MemoryConfig;
import freshet.learners.memory.MemorySearch;
import freshet.learners.tensor.EngineSettings;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.OutputTag;

/** A model small enough for tests, and texts for it. */
final class SmallText {

    static final OutputTag<OutRecord> TELEMETRY =
            new OutputTag<>("telemetry", Types.POJO(OutRecord.class));
    static final OutputTag<OutRecord> DEAD_LETTERS =
            new OutputTag<>("dead-letters", Types.POJO(OutRecord.class));

    /** Four shards, 256 keys, 8 neighbours of width 16. */
    static final MemoryConfig MEMORY = new MemoryConfig(4, 256, 8, 16, MemorySearch.EXACT, 12);

    private static final TextSetup SETUP = newSetup();

    private SmallText() {}

    static TextSetup setup() {
        return SETUP;
    }

    private static TextSetup newSetup() {
        int vocabulary = BytePairTokenizer.load().vocabulary();
        LanguageModelConfig model =
                new LanguageModelConfig(vocabulary, 16, 2, 2, 2, 24, 12, true, true, true, true);
        LearningConfig standard = LearningConfig.defaults();
        LearningConfig learning =
                new LearningConfig(
                        2e-2,
                        standard.beta1(),
                        standard.beta2(),
                        standard.epsilon(),
                        5,
                        0,
                        standard.clipNorm(),
                        1,
                        4_096,
                        0,
                        0,
                        7,
                        4,
                        8,
                        0);
        return new TextSetup(
                "small",
                EngineSettings.cpu("libtorch", 1),
                model,
                learning,
                new ProbeGuard.Config(0, 1),
                4,
                8,
                true);
    }

    static ServingConfig evaluation() {
        return new ServingConfig(true, 1, 8, -1, 3, 2);
    }

    static ServingConfig live() {
        return new ServingConfig(false, 1, 8, -1, 3, 2);
    }

    static TextRecord record(String source, long sequence, long eventTime, String text) {
        TextRecord record = new TextRecord();
        record.topic = "observations.text";
        record.offset = sequence;
        record.appendTimeMillis = eventTime;
        record.headerNames = new String[0];
        record.headerValues = new byte[0][];
        record.source = source;
        record.sequence = sequence;
        record.eventTimeMillis = eventTime;
        record.text = text.getBytes(StandardCharsets.UTF_8);
        record.value = record.text;
        record.learn = true;
        return record;
    }
}
