package freshet.pipelines;

import static freshet.pipelines.OptionRanges.inRange;
import static org.apache.flink.configuration.ConfigOptions.key;

import freshet.operators.AdmissionConfig;
import freshet.operators.ManyLearnersConfig;
import freshet.operators.ModelNames;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** Options of a job that learns one model for each source, or for each group of them. */
public final class ManyOptions {

    public static final ConfigOption<Boolean> ENABLED =
            key("many.enabled")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription(
                            "Texts: whether each source, or what stands before many.separator in its"
                                    + " name, has a model of its own, in place of those that models"
                                    + " names.");
    public static final ConfigOption<String> PREFIX =
            key("many.prefix")
                    .stringType()
                    .defaultValue("many-")
                    .withDescription(
                            "Put before the source for the model's name, so that no source can take"
                                    + " the name of another job's model.");
    public static final ConfigOption<String> SEPARATOR =
            key("many.separator")
                    .stringType()
                    .defaultValue("/")
                    .withDescription(
                            "The model is what stands before it in the source; all records of a"
                                    + " model must then be in one partition.");
    public static final ConfigOption<Integer> MAX_MODELS =
            key("many.max-models")
                    .intType()
                    .defaultValue(1_000)
                    .withDescription(
                            "Models of the job, from 1 to 100000; records of one more go to the dead"
                                    + " letters.");
    public static final ConfigOption<Integer> LIVE_MODELS =
            key("many.live-models")
                    .intType()
                    .defaultValue(64)
                    .withDescription(
                            "Learners in native memory of one subtask, from 1 to 10000; the one used"
                                    + " longest ago goes to state when another needs its place.");
    public static final ConfigOption<Integer> BYTES_PER_SECOND =
            key("many.bytes-per-second")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Bytes of text a second, by Kafka's timestamps, that each model may use"
                                    + " for long; what is beyond goes to the dead letters. 0: any"
                                    + " number, and who sends much is waited for by all.");
    public static final ConfigOption<Integer> BURST_BYTES =
            key("many.burst-bytes")
                    .intType()
                    .defaultValue(1 << 20)
                    .withDescription("Bytes that it may use at once after a pause, from 1.");
    public static final ConfigOption<Integer> REFUSALS_ALLOWED =
            key("many.refusals-allowed")
                    .intType()
                    .defaultValue(8)
                    .withDescription(
                            "Batches that a learner may refuse in a row before it goes back to the"
                                    + " weights that it published last, from 1.");
    public static final ConfigOption<Boolean> ANSWERS =
            key("many.answers")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether each text is answered before it is learned, by the transformer"
                                    + " alone.");
    public static final ConfigOption<Integer> PARALLELISM =
            key("many.parallelism")
                    .intType()
                    .defaultValue(1)
                    .withDescription("Subtasks that the models are spread over, from 1 to 128.");

    private ManyOptions() {}

    /**
     * Reads and checks them, and those of the texts.
     *
     * @throws IllegalArgumentException naming the option, its value and the allowed range
     */
    public static ManySettings many(Configuration config) {
        if (config.get(FreshetOptions.PIPELINE) != FreshetOptions.Pipeline.TEXT) {
            throw new IllegalArgumentException(ENABLED.key() + " is for texts, set pipeline: text");
        }
        if (FreshetOptions.models(config).size() != 1) {
            throw new IllegalArgumentException(
                    "models names several, but %s makes one for each source"
                            .formatted(ENABLED.key()));
        }
        return new ManySettings(
                unaligned(FreshetOptions.texts(config).get(0)),
                new AdmissionConfig(
                        new ModelNames(config.get(PREFIX), config.get(SEPARATOR)),
                        config.get(MAX_MODELS),
                        config.get(BYTES_PER_SECOND),
                        config.get(BURST_BYTES)),
                new ManyLearnersConfig(config.get(LIVE_MODELS), config.get(REFUSALS_ALLOWED)),
                config.get(ANSWERS),
                inRange(config, PARALLELISM, 1, Branches.MAX_PARALLELISM));
    }

    /** No event time holds a partition up: one model's clock must not stop the others. */
    private static TextSettings unaligned(TextSettings text) {
        return new TextSettings(
                text.decoder(),
                text.allowedDisorderMillis(),
                text.idleTimeoutMillis(),
                Duration.ZERO,
                text.learner(),
                text.memory(),
                text.serving(),
                text.predictParallelism(),
                text.chunkBytes(),
                text.paceEverySteps());
    }
}
