package freshet.pipelines;

import static freshet.pipelines.OptionRanges.inRange;
import static org.apache.flink.configuration.ConfigOptions.key;

import freshet.learners.robots.StepJoiner;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.WorldModelActor;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import freshet.operators.ActingConfig;
import freshet.operators.RobotObservationDecoder;
import freshet.operators.RobotSetup;
import freshet.operators.ServingConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/** Options of robots alone. */
public final class RobotOptions {

    public static final ConfigOption<String> ROBOTS_TOPIC =
            key("kafka.topics.robots")
                    .stringType()
                    .defaultValue("observations.robot")
                    .withDescription("Topic of what robots see and feel.");
    public static final ConfigOption<String> ACTIONS_TOPIC =
            key("kafka.topics.actions")
                    .stringType()
                    .defaultValue("actions.robot")
                    .withDescription("Topic of what robots should do.");

    public static final ConfigOption<Integer> PIXELS =
            key("robots.pixels")
                    .intType()
                    .defaultValue(32)
                    .withDescription(
                            "Height and width of the robots' frames, from 15 to 256; for the"
                                    + " reference recipe from 84.");
    public static final ConfigOption<Integer> ACTUATORS =
            key("robots.actuators")
                    .intType()
                    .defaultValue(1)
                    .withDescription("Numbers of an action, from 1 to 64.");

    /** Which sizes and losses a world model has. */
    public enum Recipe {
        /** The paper's losses at sizes for a CPU. */
        SMALL,
        /** A variant of it against moving backgrounds, colours and cameras. */
        SMALL_AGAINST_DISTRACTION,
        /** The sizes and the recipe of CoRe's released code, for a GPU; frames of 84 pixels. */
        REFERENCE;

        @Override
        public String toString() { // as it is set
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static final ConfigOption<Recipe> RECIPE =
            key("robots.recipe")
                    .enumType(Recipe.class)
                    .defaultValue(Recipe.SMALL)
                    .withDescription("Sizes and losses of the world model.");

    /** What a world model learns from. */
    public enum Source {
        /** Sequences drawn from a replay as large as the recipe says. */
        REPLAY,
        /** Sequences drawn from a replay of the newest steps. */
        RECENT,
        /** Each robot's steps as they come, without a replay. */
        STREAM;

        @Override
        public String toString() { // as it is set
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static final ConfigOption<Source> EXPERIENCE =
            key("robots.experience")
                    .enumType(Source.class)
                    .defaultValue(Source.REPLAY)
                    .withDescription(
                            "What is learned from: a replay, one of the newest steps only, or"
                                    + " windows of the stream, which are then forgotten.");
    public static final ConfigOption<Integer> RECENT_STEPS =
            key("robots.recent-steps")
                    .intType()
                    .defaultValue(4000)
                    .withDescription(
                            "Newest steps of all robots in the replay of recent experience, from"
                                    + " 256 to 10000000; no more than the recipe has memory for.");
    public static final ConfigOption<Integer> FIRST_UPDATE_AFTER =
            key("robots.first-update-after")
                    .intType()
                    .defaultValue(1000)
                    .withDescription(
                            "Steps of all robots in the replay before anything is learned from it,"
                                    + " from 0 to 10000000.");
    public static final ConfigOption<Integer> STRIDE =
            key("robots.stride")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Steps from the beginning of a robot's window of the stream to that of"
                                    + " its next, from 1 to the window's length (small: 12).");
    public static final ConfigOption<Integer> STEPS_AN_UPDATE =
            key("robots.steps-an-update")
                    .intType()
                    .defaultValue(4)
                    .withDescription(
                            "Steps of robots that set off one update, from 1 to 10000; from the"
                                    + " stream, where it learns the windows that they complete,"
                                    + " best the number of robots times the stride.");
    public static final ConfigOption<Integer> MAX_LAG =
            key("robots.max-lag")
                    .intType()
                    .defaultValue(8)
                    .withDescription(
                            "Steps by which an outcome may come later than its picture, from 1 to"
                                    + " 1000; a later one is lost to learning.");
    public static final ConfigOption<Integer> MAX_GAP =
            key("robots.max-gap")
                    .intType()
                    .defaultValue(5)
                    .withDescription(
                            "Frames in a row that may be missing for a robot's belief to go on,"
                                    + " from 0 to 1000.");
    public static final ConfigOption<Duration> FORGET_AFTER =
            key("robots.forget-after")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "Event time after which the belief of a silent robot begins anew.");
    public static final ConfigOption<Integer> MAX_BATCH =
            key("robots.max-batch")
                    .intType()
                    .defaultValue(64)
                    .withDescription(
                            "Robots that are answered by one pass through the model, at most; from 1"
                                    + " to 64.");
    public static final ConfigOption<Double> MAX_CHANGE =
            key("robots.max-change")
                    .doubleType()
                    .defaultValue(2.0)
                    .withDescription(
                            "How much an actuator may be told to change from what it did at the step"
                                    + " before, from 0.001 to 2; 2: at will.");

    /** When a robot goes over to a newer version. */
    public enum Swap {
        /** Between any two frames; its belief goes on. */
        AT_ONCE,
        /** When its episode has ended. */
        EPISODE_END;

        @Override
        public String toString() { // as it is set
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static final ConfigOption<Swap> SWAP =
            key("robots.swap")
                    .enumType(Swap.class)
                    .defaultValue(Swap.AT_ONCE)
                    .withDescription(
                            "When a robot goes over to a newer version: between two frames, or when"
                                    + " its episode has ended.");
    public static final ConfigOption<Integer> VERSIONS_KEPT =
            key("robots.versions-kept")
                    .intType()
                    .defaultValue(16)
                    .withDescription(
                            "With robots.swap at episode-end: versions that robots may be in the"
                                    + " middle of an episode with, from 1 to 256; of more the oldest"
                                    + " is let go, and its robots swap at once.");
    public static final ConfigOption<Integer> UNROLL_STEPS =
            key("robots.unroll-steps")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Newest frames of a robot, from 0 to 1000, from which a version that"
                                    + " takes over within an episode makes its belief anew; 0: the"
                                    + " belief that the version before made goes on. They are kept"
                                    + " in checkpoints, a picture each.");
    public static final ConfigOption<Integer> REPORT_EVERY =
            key("robots.report-every")
                    .intType()
                    .defaultValue(50)
                    .withDescription("Actions of a robot between two reports, from 1.");

    /** Names of the topics that robots write and read. */
    public record Topics(String observations, String actions, String control) {}

    private static final int COLOURS = 3;

    /** One pixel is left of these after the small encoder's convolutions: 15, 7, 3, 1. */
    private static final int LEAST_PIXELS = 15;

    /** What the reference cuts out of a frame. */
    private static final int REFERENCE_PIXELS = 84;

    private RobotOptions() {}

    /** Reads and checks the options of each world model, in the order of {@code models}. */
    public static List<RobotSettings> robots(Configuration config) {
        return FreshetOptions.each(config, RobotOptions::robot);
    }

    private static RobotSettings robot(String name, ReadableConfig config) {
        Recipe recipe = config.get(RECIPE);
        int least = recipe == Recipe.REFERENCE ? REFERENCE_PIXELS : LEAST_PIXELS;
        int pixels = inRange(config, PIXELS, least, 256);
        int actuators = inRange(config, ACTUATORS, 1, 64);
        var frame = new Frame(pixels, pixels, COLOURS);
        WorldModelConfig model =
                switch (recipe) {
                    case SMALL -> WorldModelConfig.small(pixels, actuators);
                    case SMALL_AGAINST_DISTRACTION ->
                            WorldModelConfig.smallAgainstDistraction(pixels, actuators);
                    case REFERENCE -> WorldModelConfig.reference(actuators);
                };
        var setup =
                new RobotSetup(
                        name,
                        TensorOptions.read(config),
                        model,
                        learning(config, recipe, model, frame),
                        frame,
                        inRange(config, STEPS_AN_UPDATE, 1, 10_000),
                        inRange(config, MAX_LAG, 1, StepJoiner.MAX_LAG),
                        inRange(config, FreshetOptions.PUBLISH_EVERY, 1, 1_000_000),
                        inRange(config, FreshetOptions.MAX_SOURCES, 1, 1_000_000),
                        new ActingConfig(
                                inRange(config, MAX_GAP, 0, 1000),
                                inRange(config, FORGET_AFTER, Duration.ofMillis(1)).toMillis(),
                                inRange(config, MAX_BATCH, 1, WorldModelActor.MAX_ROWS),
                                (float) inRange(config, MAX_CHANGE, 0.001, ActingConfig.AT_WILL),
                                config.get(SWAP) == Swap.AT_ONCE
                                        ? 0
                                        : inRange(config, VERSIONS_KEPT, 1, 256),
                                inRange(config, UNROLL_STEPS, 0, 1000),
                                inRange(config, REPORT_EVERY, 1, 1_000_000)),
                        config.get(FreshetOptions.TELEMETRY));
        return new RobotSettings(
                new RobotObservationDecoder(
                        frame,
                        setup.model().encoder().proprioception(),
                        actuators,
                        inRange(config, FreshetOptions.MAX_AHEAD, Duration.ZERO).toMillis()),
                inRange(config, FreshetOptions.ALLOWED_DISORDER, Duration.ZERO).toMillis(),
                FreshetOptions.idleTimeoutMillis(config),
                inRange(config, FreshetOptions.MAX_LEAD, Duration.ZERO),
                setup,
                serving(config),
                inRange(config, FreshetOptions.PARALLELISM, 1, Branches.MAX_PARALLELISM),
                FreshetOptions.CHUNK_BYTES,
                FreshetOptions.paceEverySteps(config));
    }

    private static ServingConfig serving(ReadableConfig config) {
        if (BlendOptions.read(config).enabled()) {
            throw new IllegalArgumentException(
                    "%s is not for robots: a world model is no stack of layers; leave it out"
                            .formatted(BlendOptions.ALPHA.key()));
        }
        if (TrialOptions.enabled(config)) {
            throw new IllegalArgumentException(
                    "%s is %s: robots' versions cannot be tried, as two of them would need two beliefs"
                                    .formatted(
                                            TrialOptions.SHARE.key(),
                                            config.get(TrialOptions.SHARE))
                            + " of a robot; leave it out");
        }
        return FreshetOptions.serving(config, config.get(FreshetOptions.CANDIDATES));
    }

    private static WorldModelLearningConfig learning(
            ReadableConfig config, Recipe recipe, WorldModelConfig model, Frame frame) {
        long seed = config.get(FreshetOptions.SEED);
        WorldModelLearningConfig learning =
                switch (recipe) {
                    case SMALL -> WorldModelLearningConfig.small(seed);
                    case SMALL_AGAINST_DISTRACTION ->
                            WorldModelLearningConfig.smallAgainstDistraction(seed);
                    case REFERENCE -> WorldModelLearningConfig.reference(seed);
                };
        int from = inRange(config, FIRST_UPDATE_AFTER, 0, 10_000_000);
        return learning.with(
                switch (config.get(EXPERIENCE)) {
                    case REPLAY -> learning.replayed(from);
                    case RECENT ->
                            learning.with(learning.replayed(from))
                                    .recent(
                                            model,
                                            frame,
                                            inRange(config, RECENT_STEPS, 256, 10_000_000));
                    case STREAM ->
                            learning.streamed(
                                    learning.experience().steps(),
                                    inRange(config, STRIDE, 1, learning.experience().steps()));
                });
    }

    public static Topics topics(ReadableConfig config) {
        return new Topics(
                config.get(ROBOTS_TOPIC),
                config.get(ACTIONS_TOPIC),
                config.get(FreshetOptions.CONTROL_TOPIC));
    }
}
