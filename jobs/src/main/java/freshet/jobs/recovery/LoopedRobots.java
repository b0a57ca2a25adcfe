package freshet.jobs.recovery;

import freshet.learners.tensor.EngineSettings;
import freshet.learners.worldmodel.Experience;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import freshet.operators.ActingConfig;
import freshet.operators.ModelRecord;
import freshet.operators.OutRecord;
import freshet.operators.RobotObservationDecoder;
import freshet.operators.RobotRecord;
import freshet.operators.RobotSetup;
import freshet.operators.ServingConfig;
import freshet.pipelines.Commands;
import freshet.pipelines.Learned;
import freshet.pipelines.Predicted;
import freshet.pipelines.RobotPipeline;
import freshet.pipelines.RobotSettings;
import freshet.schemas.AvroCodec;
import freshet.schemas.RobotObservation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * The robot pipeline with a model small enough to run hundreds of times, on {@link RobotEpisodes}
 * of three robots.
 */
final class LoopedRobots implements LoopedPipeline {

    private static final int SIDE = 9;
    private static final long DISORDER_MILLIS = 30;
    private static final RobotEpisodes.Shape SHAPE = new RobotEpisodes.Shape(SIDE, 2, 3, 14, 1);
    private static final RobotEpisodes.Clock CLOCK = new RobotEpisodes.Clock(10_000, 4, 0);

    /** Old steps are dropped within the stream, and segments filled. */
    static final Experience REPLAY = new WorldModelLearningConfig.Sampling(3, 4, 1, 96 << 10, 20);

    /** Steps wait for their window at nearly every place of the stream. */
    static final Experience WINDOWS = new WorldModelLearningConfig.Windows(4, 2, 96 << 10, 0);

    private final RobotSettings settings;
    private final Commands<RobotRecord> commands;
    private final List<RobotRecord> records = new ArrayList<>();

    LoopedRobots(int count, int parallelism, boolean evaluation, Experience experience) {
        this(count, parallelism, evaluation, experience, Commands.none());
    }

    /**
     * With commands among the observations.
     *
     * @param log in which it is decided where they hold
     */
    static LoopedRobots commanded(int count, int parallelism, boolean evaluation, String log) {
        var commands = new Commands<RobotRecord>(null, OrdersOnTheWay.settings(log));
        var looped = new LoopedRobots(count, parallelism, evaluation, REPLAY, commands);
        List<RobotRecord> records = looped.records;
        long middle = records.get(count / 2).eventTimeMillis;
        OrdersOnTheWay.put(records, looped.settings.decoder(), middle, List.of());
        return looped;
    }

    private LoopedRobots(
            int count,
            int parallelism,
            boolean evaluation,
            Experience experience,
            Commands<RobotRecord> commands) {
        this.commands = commands;
        settings = settings(parallelism, evaluation, experience);
        AvroCodec<RobotObservation> codec = AvroCodec.of(RobotObservation.class);
        for (RobotEpisodes.Sent sent : RobotEpisodes.of(SHAPE, CLOCK, 31, count)) {
            int offset = records.size();
            records.add(
                    settings.decoder()
                            .decode(
                                    "robots",
                                    0,
                                    offset,
                                    sent.logMillis(),
                                    ("robots@" + offset).getBytes(StandardCharsets.UTF_8),
                                    codec.encode(sent.observation()),
                                    new String[0],
                                    new byte[0][]));
        }
    }

    private static RobotSettings settings(
            int parallelism, boolean evaluation, Experience experience) {
        List<Integer> few = List.of(8);
        var model =
                new WorldModelConfig(
                        new WorldModelConfig.Encoder(
                                3,
                                SIDE,
                                SIDE,
                                List.of(4, 4),
                                List.of(2, 1),
                                WorldModelConfig.InitialKernels.CENTRES,
                                6,
                                2,
                                few),
                        new WorldModelConfig.Latent(few, few, 8, 4, few, few, true),
                        new WorldModelConfig.Heads(
                                few, few, 0, few, WorldModelConfig.InverseInput.STATES),
                        new WorldModelConfig.Behaviour(1, few, few));
        var standard = WorldModelLearningConfig.small(5);
        var learning =
                new WorldModelLearningConfig(
                        standard.weights(),
                        experience,
                        standard.view(),
                        standard.rates(),
                        standard.control(),
                        standard.seed(),
                        3);
        var frame = new Frame(SIDE, SIDE, 3);
        return new RobotSettings(
                new RobotObservationDecoder(frame, 2, 1, Duration.ofDays(1).toMillis()),
                DISORDER_MILLIS,
                0,
                Duration.ofMinutes(10),
                new RobotSetup(
                        "small",
                        EngineSettings.cpu("libtorch", 1),
                        model,
                        learning,
                        frame,
                        4,
                        4,
                        2,
                        8,
                        new ActingConfig(RobotEpisodes.MAX_GAP, 60_000, 8, 0.5f, 2, 3, 5),
                        true),
                new ServingConfig(evaluation, 5, 5, -1, 0, 0),
                parallelism,
                4_096,
                0);
    }

    @Override
    public int records() {
        return records.size();
    }

    @Override
    public boolean decidesOnArrival() {
        return records.stream().anyMatch(RobotRecord::isCommand);
    }

    @Override
    public RobotSettings settings() {
        return settings;
    }

    @Override
    public Built build(
            DataStream<Long> numbers,
            Function<DataStream<OutRecord>, DataStream<ModelRecord>> loop) {
        DataStream<RobotRecord> source =
                LoopedPipeline.records(
                        numbers, records, RobotRecord.class, settings.allowedDisorderMillis());
        Learned learned = RobotPipeline.learn(source, commands, settings);
        DataStream<RobotRecord> asked = LoopedPipeline.asked(source);
        Predicted predicted = RobotPipeline.predict(asked, loop.apply(learned.models()), settings);
        DataStream<OutRecord> actions =
                predicted
                        .predictions()
                        .map(new ByStep())
                        .returns(Types.POJO(OutRecord.class))
                        .setParallelism(settings.predictParallelism());
        return new Built(
                learned, new Predicted(actions, predicted.telemetry(), predicted.deadLetters()));
    }

    /** Actions of one robot have one key; to be compared each needs its own. */
    private static final class ByStep implements MapFunction<OutRecord, OutRecord> {
        private static final long serialVersionUID = 1;

        @Override
        public OutRecord map(OutRecord record) {
            String key = RobotEpisodes.step(record.value);
            return new OutRecord(key.getBytes(StandardCharsets.UTF_8), record.value);
        }
    }
}
