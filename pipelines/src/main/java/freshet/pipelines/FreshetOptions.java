package freshet.pipelines;

import static freshet.pipelines.OptionRanges.inRange;
import static org.apache.flink.configuration.ConfigOptions.key;

import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.ProbeGuard;
import freshet.learners.memory.MemoryConfig;
import freshet.learners.memory.MemorySearch;
import freshet.operators.ServingConfig;
import freshet.operators.TextDecoder;
import freshet.operators.TextSetup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.base.DeliveryGuarantee;

/**
 * Options of all pipelines and of text, declared once: type, default, unit, range; those of images
 * are in {@link ImageOptions}. {@link #kafka} and {@link #check} read and check them all before a
 * job starts.
 *
 * <p>Two models may learn from the same stream: {@code models: [small, wide]}, and {@code
 * model-overrides.wide.model.width: 256} changes an option for one of them.
 */
public final class FreshetOptions {

    public static final ConfigOption<String> BOOTSTRAP_SERVERS =
            key("kafka.bootstrap-servers")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Kafka brokers, host:port, comma separated.");
    public static final ConfigOption<String> GROUP =
            key("kafka.group")
                    .stringType()
                    .defaultValue("freshet")
                    .withDescription(
                            "Prefix of consumer groups and transactional ids; one per deployment.");
    public static final ConfigOption<String> TEXT_TOPIC =
            key("kafka.topics.text")
                    .stringType()
                    .defaultValue("observations.text")
                    .withDescription("Topic of the texts to learn from and to answer.");
    public static final ConfigOption<String> PREDICTIONS_TOPIC =
            key("kafka.topics.predictions")
                    .stringType()
                    .defaultValue("predictions.text")
                    .withDescription("Topic of the predictions of texts.");
    public static final ConfigOption<String> MODELS_TOPIC =
            key("kafka.topics.models")
                    .stringType()
                    .defaultValue("models")
                    .withDescription(
                            "Compacted topic of model versions; one partition, so that a manifest"
                                    + " comes after its chunks.");
    public static final ConfigOption<String> TELEMETRY_TOPIC =
            key("kafka.topics.telemetry")
                    .stringType()
                    .defaultValue("telemetry")
                    .withDescription("Topic of the telemetry.");
    public static final ConfigOption<String> CONTROL_TOPIC =
            key("kafka.topics.control")
                    .stringType()
                    .defaultValue("control")
                    .withDescription(
                            "Topic of commands to learners and robots; one partition, which keeps"
                                    + " their order.");
    public static final ConfigOption<String> ACKNOWLEDGEMENTS_TOPIC =
            key("kafka.topics.acknowledgements")
                    .stringType()
                    .defaultValue("acknowledgements")
                    .withDescription("Topic of what became of commands; one partition.");
    public static final ConfigOption<String> ROUNDS_TOPIC =
            key("kafka.topics.rounds")
                    .stringType()
                    .defaultValue("rounds")
                    .withDescription(
                            "Topic in which workers that learn one model leave what they have at"
                                    + " the end of a round; one partition, which keeps their order."
                                    + " Used with rounds.workers above 1.");
    public static final ConfigOption<String> ALERTS_TOPIC =
            key("kafka.topics.alerts")
                    .stringType()
                    .defaultValue("alerts")
                    .withDescription("Topic of the alerts; one partition.");
    public static final ConfigOption<String> DEAD_LETTERS_TOPIC =
            key("kafka.topics.dead-letters")
                    .stringType()
                    .defaultValue("deadletters")
                    .withDescription("Topic of what could not be used, with the original bytes.");
    public static final ConfigOption<String> IMAGE_PREDICTIONS_TOPIC =
            key("kafka.topics.image-predictions")
                    .stringType()
                    .defaultValue("predictions.image")
                    .withDescription("Topic of the predictions of images.");
    public static final ConfigOption<Integer> VERSIONS_KEPT =
            key("control.versions-kept")
                    .intType()
                    .defaultValue(10)
                    .withDescription(
                            "Published versions that the learner keeps in its state, to go back to"
                                    + " by the command rewind, from 1 to 1000.");
    public static final ConfigOption<Map<String, String>> CLIENT_OPTIONS =
            key("kafka.client")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription("Options handed to every Kafka client as they are.");
    public static final ConfigOption<String> SIGNING_KEY_FILE =
            key("signing.key-file")
                    .stringType()
                    .defaultValue("")
                    .withDescription(
                            "Private key (Ed25519, PEM) that signs every version that is published;"
                                    + " read on the task managers. Empty: versions are not signed.");
    public static final ConfigOption<String> TRUSTED_KEY_FILE =
            key("signing.trusted-key-file")
                    .stringType()
                    .defaultValue("")
                    .withDescription(
                            "Public keys (Ed25519, PEM), one of which must have signed a version for"
                                    + " it to be served; read on the task managers. Empty: any"
                                    + " version is taken.");
    public static final ConfigOption<Boolean> BOUNDED =
            key("kafka.bounded")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription("Stop at the end that the topics have when the job starts.");
    public static final ConfigOption<DeliveryGuarantee> PREDICTIONS_DELIVERY =
            key("delivery.predictions")
                    .enumType(DeliveryGuarantee.class)
                    .defaultValue(DeliveryGuarantee.AT_LEAST_ONCE)
                    .withDescription(
                            "Guarantee of predictions; exactly-once makes them visible only after"
                                    + " a checkpoint.");
    public static final ConfigOption<DeliveryGuarantee> MODELS_DELIVERY =
            key("delivery.models")
                    .enumType(DeliveryGuarantee.class)
                    .defaultValue(DeliveryGuarantee.EXACTLY_ONCE)
                    .withDescription(
                            "Guarantee of model versions. At-least-once serves them sooner; repeats"
                                    + " are bit-identical and harmless.");
    public static final ConfigOption<DeliveryGuarantee> DELIVERY =
            key("delivery.others")
                    .enumType(DeliveryGuarantee.class)
                    .defaultValue(DeliveryGuarantee.EXACTLY_ONCE)
                    .withDescription("Guarantee of telemetry, alerts and dead letters.");
    public static final ConfigOption<Duration> TRANSACTION_TIMEOUT =
            key("delivery.transaction-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(15))
                    .withDescription(
                            "Must exceed execution.checkpointing.interval plus"
                                    + " execution.checkpointing.timeout by the longest outage, or"
                                    + " records are lost; at most the broker's"
                                    + " transaction.max.timeout.ms.");

    public static final ConfigOption<Integer> MAX_BYTES =
            key("text.max-bytes")
                    .intType()
                    .defaultValue(65_536)
                    .withDescription("Longest text of one record, bytes, from 1 to 1000000.");
    public static final ConfigOption<Duration> ALLOWED_DISORDER =
            key("stream.allowed-disorder")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(1))
                    .withDescription(
                            "How far, in event time, a record may lie behind the newest of its"
                                    + " partition; what is later goes to the dead letters.");
    public static final ConfigOption<Duration> IDLE_TIMEOUT =
            key("stream.idle-timeout")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(10))
                    .withDescription(
                            "How long a partition may bring nothing before it stops holding the"
                                    + " others back and its last records are learned; 0 for ever."
                                    + " Not used in evaluation mode.");
    public static final ConfigOption<Duration> MAX_AHEAD =
            key("stream.max-ahead")
                    .durationType()
                    .defaultValue(Duration.ofDays(1))
                    .withDescription(
                            "How far an event time may lie after the log's timestamp of its record.");
    public static final ConfigOption<Integer> MAX_SOURCES =
            key("stream.max-sources")
                    .intType()
                    .defaultValue(1_000)
                    .withDescription(
                            "Sources whose last sequence, and of text the context, is kept, from 1;"
                                    + " the one that spoke longest ago goes first.");
    public static final ConfigOption<Duration> MAX_LEAD =
            key("stream.max-lead")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "Event time by which one partition, or in evaluation mode the models,"
                                    + " may run ahead of the rest: bounds what is held in state. 0:"
                                    + " by anything; a bounded job that has to survive a failure"
                                    + " after its topic's end needs that, as Flink fails again and"
                                    + " again when it aligns a source that has ended.");

    /** What the stream is of. */
    public enum Pipeline {
        TEXT,
        IMAGES,
        ROBOTS
    }

    public static final ConfigOption<Pipeline> PIPELINE =
            key("pipeline")
                    .enumType(Pipeline.class)
                    .defaultValue(Pipeline.TEXT)
                    .withDescription("What the stream is of.");
    public static final ConfigOption<List<String>> MODELS =
            key("models")
                    .stringType()
                    .asList()
                    .noDefaultValue()
                    .withDescription(
                            "Names of the models that learn from the stream; one that is called as"
                                    + " the pipeline if not set.");
    public static final ConfigOption<Integer> WIDTH =
            key("model.width").intType().defaultValue(128).withDescription("Width D.");
    public static final ConfigOption<Integer> LAYERS =
            key("model.layers").intType().defaultValue(2).withDescription("Transformer blocks.");
    public static final ConfigOption<Integer> HEADS =
            key("model.heads").intType().defaultValue(4).withDescription("Attention heads.");
    public static final ConfigOption<Double> RATE =
            key("learning.rate")
                    .doubleType()
                    .defaultValue(LearningConfig.defaults().rate())
                    .withDescription("Adam's step size after the warm-up, above 0.");
    public static final ConfigOption<Integer> REPLAY_WINDOWS =
            key("learning.replay-windows")
                    .intType()
                    .defaultValue(LearningConfig.defaults().replayWindows())
                    .withDescription("Past windows learned again with every update, from 0.");
    public static final ConfigOption<Integer> REPLAY_TOKENS =
            key("learning.replay-tokens")
                    .intType()
                    .defaultValue(LearningConfig.defaults().replayCapacityTokens())
                    .withDescription(
                            "Newest learned tokens that are kept for that, some 4 bytes of state"
                                    + " each, from 0.");
    public static final ConfigOption<Double> ACTIVATION_L2 =
            key("learning.activation-l2")
                    .doubleType()
                    .defaultValue(LearningConfig.defaults().activationL2())
                    .withDescription(
                            "Weight omega of the mean squared memory key in the loss, from 0.");
    public static final ConfigOption<Double> AVERAGE_DECAY =
            key("learning.average-decay")
                    .doubleType()
                    .defaultValue(LearningConfig.defaults().averageDecay())
                    .withDescription(
                            "Share of the running average of the weights, which is what is"
                                    + " published, that an update leaves in place, from 0 to below"
                                    + " 1; 0 publishes the newest weights.");
    public static final ConfigOption<Long> SEED =
            key("learning.seed")
                    .longType()
                    .defaultValue(LearningConfig.defaults().seed())
                    .withDescription("Seed of initial weights and of all that is drawn.");
    public static final ConfigOption<String> START_FROM =
            key("learning.start-from")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Weights that a learner without state begins with: a file of freshet"
                                    + " models export, or models for the newest version in the"
                                    + " models topic. They must be of the model's own configuration;"
                                    + " moments start at 0, updates are counted from 0. A learner"
                                    + " that has state goes on from it.");
    public static final ConfigOption<Integer> PUBLISH_EVERY =
            key("learning.publish-every-updates")
                    .intType()
                    .defaultValue(16)
                    .withDescription("Updates between two published versions, from 1.");
    public static final ConfigOption<Integer> PROBE_WINDOWS =
            key("probe.windows")
                    .intType()
                    .defaultValue(ProbeGuard.Config.defaults().windows())
                    .withDescription(
                            "First full windows of the stream that are not learned: every version"
                                    + " is measured on them, and one that has become much worse"
                                    + " there is not published; 0 learns and publishes everything.");
    public static final ConfigOption<Double> PROBE_TOLERANCE =
            key("probe.tolerance")
                    .doubleType()
                    .defaultValue(ProbeGuard.Config.defaults().tolerance())
                    .withDescription(
                            "Nats a token that a version may be worse on them than the best of"
                                    + " the last 16 published, from 0.");
    public static final ConfigOption<Boolean> TELEMETRY =
            key("telemetry.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription("Whether learner and memory are reported.");
    public static final ConfigOption<Integer> PROBE_EVERY =
            key("telemetry.probe-every-updates")
                    .intType()
                    .defaultValue(LearningConfig.defaults().probeEverySteps())
                    .withDescription(
                            "Updates between two reports with attention, output and gradient"
                                    + " probes, from 1.");
    public static final ConfigOption<Integer> SPECTRA_EVERY =
            key("telemetry.spectra-every-updates")
                    .intType()
                    .defaultValue(LearningConfig.defaults().spectraEverySteps())
                    .withDescription("Updates between two reports with spectral norms, from 1.");

    public static final ConfigOption<Integer> DIAGNOSE_EVERY =
            key("telemetry.diagnose-every-updates")
                    .intType()
                    .defaultValue(LearningConfig.defaults().diagnoseEverySteps())
                    .withDescription(
                            "Updates between two reports on how layers share the work; 0 for"
                                    + " none.");

    public static final ConfigOption<Integer> PACE_EVERY =
            key("telemetry.pace-every-updates")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Updates between two reports of how long one takes; 0 for none, as"
                                    + " they are of the clock: with them the telemetry of two runs"
                                    + " is not the same.");

    public static final ConfigOption<Integer> MEMORY_SHARDS =
            key("memory.shards")
                    .intType()
                    .defaultValue(8)
                    .withDescription(
                            "Virtual shards of the memory, fixed for the life of its state, from 1"
                                    + " to 128; the highest useful predict parallelism.");
    public static final ConfigOption<Integer> MEMORY_CAPACITY =
            key("memory.capacity")
                    .intType()
                    .defaultValue(32_768)
                    .withDescription("Keys kept in all shards; the oldest go first.");
    public static final ConfigOption<Integer> MEMORY_NEIGHBOURS =
            key("memory.neighbours")
                    .intType()
                    .defaultValue(32)
                    .withDescription("Neighbours K of a query, from 1.");
    public static final ConfigOption<MemorySearch> MEMORY_SEARCH =
            key("memory.search")
                    .enumType(MemorySearch.class)
                    .defaultValue(MemorySearch.EXACT)
                    .withDescription(
                            "exact: among all keys, by matrix product. approximate: along graphs,"
                                    + " which misses a few; for capacities of 200,000 and more.");
    public static final ConfigOption<Integer> CONTEXT_SLOTS =
            key("memory.context-slots-log2")
                    .intType()
                    .defaultValue(22)
                    .withDescription("Slots of the n-gram tables in all shards, as a power of 2.");

    /** How predictions are served. */
    public enum ServeMode {
        LIVE,
        EVALUATION
    }

    public static final ConfigOption<ServeMode> MODE =
            key("serve.mode")
                    .enumType(ServeMode.class)
                    .defaultValue(ServeMode.LIVE)
                    .withDescription(
                            "live: never wait, take a new version when it comes. evaluation: a"
                                    + " version takes effect at a fixed event time; bit-identical.");
    public static final ConfigOption<Duration> EVALUATION_DELAY =
            key("serve.evaluation-delay")
                    .durationType()
                    .defaultValue(Duration.ofMillis(1))
                    .withDescription(
                            "Evaluation: event time between what a version has learned and what it"
                                    + " may answer, from 1 ms.");
    public static final ConfigOption<Integer> PARALLELISM =
            key("serve.parallelism")
                    .intType()
                    .defaultValue(1)
                    .withDescription("Parallel subtasks of the model and the memory, from 1.");
    public static final ConfigOption<Integer> CANDIDATES =
            key("serve.candidates")
                    .intType()
                    .defaultValue(16)
                    .withDescription(
                            "Next tokens, the most probable by the language model, that all experts"
                                    + " judge; the best five are published.");
    public static final ConfigOption<Integer> EXPLAIN_EVERY =
            key("serve.explain-every")
                    .intType()
                    .defaultValue(50)
                    .withDescription(
                            "One of so many texts of a source is answered with the shares of the"
                                    + " tokens that its prediction drew on (attention rollout); 0"
                                    + " for none.");
    public static final ConfigOption<Integer> FLOW_EVERY =
            key("serve.flow-every")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Models of three layers or more: one of so many explained texts, of at"
                                    + " most 63 tokens, comes with the attention flow too, which"
                                    + " takes 0.2 to 0.8 s; 0 for none. With two layers each has"
                                    + " it, in 0.3 ms.");
    public static final ConfigOption<Long> FROZEN_AT =
            key("serve.frozen-at-millis")
                    .longType()
                    .defaultValue(-1L)
                    .withDescription(
                            "Event time at which a copy of the model is frozen for comparison;"
                                    + " negative for none.");

    private static final String OVERRIDES = "model-overrides.";

    private FreshetOptions() {}

    /** All options, for documentation and for telling unknown ones. */
    public static List<ConfigOption<?>> all() {
        List<ConfigOption<?>> options = new ArrayList<>();
        for (var declaring :
                List.of(
                        FreshetOptions.class,
                        ImageOptions.class,
                        RobotOptions.class,
                        TensorOptions.class,
                        ManyOptions.class,
                        RoundOptions.class,
                        StabilityOptions.class,
                        BlendOptions.class,
                        TrialOptions.class)) {
            for (var field : declaring.getFields()) {
                if (field.getType() == ConfigOption.class) {
                    try {
                        options.add((ConfigOption<?>) field.get(null));
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        }
        return options;
    }

    /**
     * Reads and checks all options of the pipeline that they choose.
     *
     * @throws IllegalArgumentException naming the option, its value and the allowed range
     */
    public static void check(Configuration config) {
        var unused = StabilityOptions.stability(config);
        if (config.get(ManyOptions.ENABLED)) {
            var unusedToo = ManyOptions.many(config);
        }
        var unusedEither = RoundOptions.rounds(config);
        switch (config.get(PIPELINE)) {
            case TEXT -> texts(config);
            case IMAGES -> ImageOptions.images(config);
            case ROBOTS -> RobotOptions.robots(config);
        }
    }

    /** The topic that the pipeline answers. */
    public static String observationsTopic(ReadableConfig config) {
        return config.get(
                switch (config.get(PIPELINE)) {
                    case TEXT -> TEXT_TOPIC;
                    case IMAGES -> ImageOptions.IMAGES_TOPIC;
                    case ROBOTS -> RobotOptions.ROBOTS_TOPIC;
                });
    }

    /** The topic of the pipeline's answers. */
    public static String predictionsTopic(ReadableConfig config) {
        return config.get(
                switch (config.get(PIPELINE)) {
                    case TEXT -> PREDICTIONS_TOPIC;
                    case IMAGES -> IMAGE_PREDICTIONS_TOPIC;
                    case ROBOTS -> RobotOptions.ACTIONS_TOPIC;
                });
    }

    /** Versions that each learner keeps. */
    public static int versionsKept(ReadableConfig config) {
        return inRange(config, VERSIONS_KEPT, 1, 1000);
    }

    /** The names of the models. */
    public static List<String> models(ReadableConfig config) {
        String standard =
                switch (config.get(PIPELINE)) {
                    case TEXT -> "text";
                    case IMAGES -> "image";
                    case ROBOTS -> "robot";
                };
        return config.getOptional(MODELS).orElse(List.of(standard));
    }

    /**
     * Reads and checks the Kafka options.
     *
     * @throws IllegalArgumentException naming the option, its value and the allowed range
     */
    public static KafkaSettings kafka(ReadableConfig config) {
        String servers =
                config.getOptional(BOOTSTRAP_SERVERS)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                BOOTSTRAP_SERVERS.key()
                                                        + " is not set: host:port of a broker"));
        return new KafkaSettings(
                servers,
                config.get(GROUP),
                observationsTopic(config),
                config.get(ImageOptions.LABELS_TOPIC),
                predictionsTopic(config),
                config.get(MODELS_TOPIC),
                config.get(TELEMETRY_TOPIC),
                config.get(CONTROL_TOPIC),
                config.get(ACKNOWLEDGEMENTS_TOPIC),
                config.get(ROUNDS_TOPIC),
                config.get(ALERTS_TOPIC),
                config.get(DEAD_LETTERS_TOPIC),
                config.get(CLIENT_OPTIONS),
                config.get(BOUNDED),
                config.get(PREDICTIONS_DELIVERY),
                config.get(MODELS_DELIVERY),
                config.get(DELIVERY),
                transactionTimeout(config),
                config.get(SIGNING_KEY_FILE),
                config.get(TRUSTED_KEY_FILE));
    }

    /**
     * A transaction is open from one checkpoint to the end of the next; one that Kafka has given up
     * by then can never be committed, and what it held is lost.
     */
    private static Duration transactionTimeout(ReadableConfig config) {
        Duration timeout = inRange(config, TRANSACTION_TIMEOUT, Duration.ofSeconds(1));
        Duration interval =
                config.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL)
                        .orElse(Duration.ZERO);
        Duration open = interval.plus(config.get(CheckpointingOptions.CHECKPOINTING_TIMEOUT));
        boolean isUsed =
                Stream.of(PREDICTIONS_DELIVERY, MODELS_DELIVERY, DELIVERY)
                        .anyMatch(option -> config.get(option) == DeliveryGuarantee.EXACTLY_ONCE);
        if (isUsed && timeout.compareTo(open) <= 0) {
            throw new IllegalArgumentException(
                    ("%s is %d s, must exceed %s plus %s, %d s together, by the longest outage"
                                    + " that you expect: what Kafka gives up before the next"
                                    + " checkpoint is lost")
                            .formatted(
                                    TRANSACTION_TIMEOUT.key(),
                                    timeout.toSeconds(),
                                    CheckpointingOptions.CHECKPOINTING_INTERVAL.key(),
                                    CheckpointingOptions.CHECKPOINTING_TIMEOUT.key(),
                                    open.toSeconds()));
        }
        return timeout;
    }

    /** Reads and checks the options of each text model, in the order of {@code models}. */
    public static List<TextSettings> texts(Configuration config) {
        return each(config, FreshetOptions::text);
    }

    /** Reads each model's options, its own before those of all. */
    static <S> List<S> each(Configuration config, BiFunction<String, ReadableConfig, S> read) {
        List<S> models = new ArrayList<>();
        for (String name : models(config)) {
            if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
                throw new IllegalArgumentException(
                        "models has %s: a name is 1 to 64 letters, digits, _ or -".formatted(name));
            }
            models.add(read.apply(name, ofModel(config, name)));
        }
        return models;
    }

    /** The options of one model: its own before those of all. */
    private static Configuration ofModel(Configuration config, String name) {
        Configuration merged = new Configuration(config);
        String prefix = OVERRIDES + name + ".";
        config.toMap()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(prefix)) {
                                merged.setString(key.substring(prefix.length()), value);
                            }
                        });
        return merged;
    }

    /** What the model's learner is to begin with, see {@link #START_FROM}; empty: the seed. */
    public static Optional<String> startFrom(Configuration config, String model) {
        return ofModel(config, model).getOptional(START_FROM);
    }

    private static TextSettings text(String name, ReadableConfig config) {
        LanguageModelConfig standard =
                LanguageModelConfig.defaults(BytePairTokenizer.load().vocabulary());
        LanguageModelConfig model =
                new LanguageModelConfig(
                        standard.vocabulary(),
                        config.get(WIDTH),
                        config.get(LAYERS),
                        config.get(HEADS),
                        standard.feedForward(),
                        standard.window(),
                        standard.segment(),
                        standard.normalisedQueriesAndKeys(),
                        standard.normalisedMemoryKeys(),
                        standard.tiedEmbeddings(),
                        standard.tokenShift());
        LearningConfig learning = learning(config);
        TextSetup setup =
                new TextSetup(
                        name,
                        TensorOptions.read(config),
                        model,
                        learning,
                        new ProbeGuard.Config(
                                inRange(config, PROBE_WINDOWS, 0, 64),
                                inRange(config, PROBE_TOLERANCE, 0, 100)),
                        inRange(config, PUBLISH_EVERY, 1, 1_000_000),
                        inRange(config, MAX_SOURCES, 1, 1_000_000),
                        config.get(TELEMETRY));
        MemoryConfig memory =
                new MemoryConfig(
                        inRange(config, MEMORY_SHARDS, 1, Branches.MAX_PARALLELISM),
                        config.get(MEMORY_CAPACITY),
                        config.get(MEMORY_NEIGHBOURS),
                        model.width(),
                        config.get(MEMORY_SEARCH),
                        config.get(CONTEXT_SLOTS));
        ServingConfig serving = serving(config, inRange(config, CANDIDATES, 5, model.vocabulary()));
        return new TextSettings(
                new TextDecoder(
                        inRange(config, MAX_BYTES, 1, 1_000_000),
                        inRange(config, MAX_AHEAD, Duration.ZERO).toMillis()),
                inRange(config, ALLOWED_DISORDER, Duration.ZERO).toMillis(),
                idleTimeoutMillis(config),
                inRange(config, MAX_LEAD, Duration.ZERO),
                setup,
                memory,
                serving,
                inRange(config, PARALLELISM, 1, Branches.MAX_PARALLELISM),
                CHUNK_BYTES,
                paceEverySteps(config));
    }

    static int paceEverySteps(ReadableConfig config) {
        return config.get(TELEMETRY) ? inRange(config, PACE_EVERY, 0, 1_000_000) : 0;
    }

    static ServingConfig serving(ReadableConfig config, int candidates) {
        return new ServingConfig(
                config.get(MODE) == ServeMode.EVALUATION,
                inRange(config, EVALUATION_DELAY, Duration.ofMillis(1)).toMillis(),
                candidates,
                config.get(FROZEN_AT),
                inRange(config, EXPLAIN_EVERY, 0, Integer.MAX_VALUE),
                inRange(config, FLOW_EVERY, 0, Integer.MAX_VALUE),
                TrialOptions.read(config));
    }

    static long idleTimeoutMillis(ReadableConfig config) {
        Duration idle = inRange(config, IDLE_TIMEOUT, Duration.ZERO);
        return config.get(MODE) == ServeMode.EVALUATION ? 0 : idle.toMillis();
    }

    /** Below Kafka's default limit of 1 MB a record. */
    static final int CHUNK_BYTES = 512 * 1024;

    private static LearningConfig learning(ReadableConfig config) {
        LearningConfig standard = LearningConfig.defaults();
        return new LearningConfig(
                inRange(config, RATE, Double.MIN_VALUE, 1),
                standard.beta1(),
                standard.beta2(),
                standard.epsilon(),
                standard.warmUpSteps(),
                standard.decayPerThousandSteps(),
                standard.clipNorm(),
                inRange(config, REPLAY_WINDOWS, 0, 64),
                inRange(config, REPLAY_TOKENS, 0, 100_000_000),
                inRange(config, ACTIVATION_L2, 0, 10),
                inRange(config, AVERAGE_DECAY, 0, Math.nextDown(1.0)),
                config.get(SEED),
                config.get(TELEMETRY) ? inRange(config, PROBE_EVERY, 1, 1_000_000) : 0,
                inRange(config, SPECTRA_EVERY, 1, 1_000_000),
                inRange(config, DIAGNOSE_EVERY, 0, 1_000_000));
    }
}
