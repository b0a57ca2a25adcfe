package freshet.jobs.recovery;

import freshet.learners.tensor.CounterRandom;
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
import freshet.pipelines.Learned;
import freshet.pipelines.Predicted;
import freshet.pipelines.RobotPipeline;
import freshet.pipelines.RobotSettings;
import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import freshet.schemas.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * The robot pipeline with a model small enough to run hundreds of times, on logged episodes of
 * three robots: with frames that are missing, repeated and late, with outcomes that come late, with
 * actions that were missed, and with sensors that measure nonsense.
 */
final class LoopedRobots implements LoopedPipeline {

    private static final int SIDE = 9;
    private static final int ROBOTS = 3;
    private static final int EPISODE_STEPS = 14;
    private static final long STEP_MILLIS = 4;
    private static final long DISORDER_MILLIS = 30;
    private static final long START_MILLIS = 10_000;

    /** Old steps are dropped within the stream, and segments filled. */
    static final Experience REPLAY = new WorldModelLearningConfig.Sampling(3, 4, 1, 96 << 10, 20);

    /** Steps wait for their window at nearly every place of the stream. */
    static final Experience WINDOWS = new WorldModelLearningConfig.Windows(4, 2, 96 << 10, 0);

    private final RobotSettings settings;
    private final List<RobotRecord> records = new ArrayList<>();
    private final AvroCodec<RobotObservation> codec = AvroCodec.of(RobotObservation.class);

    LoopedRobots(int count, int parallelism, boolean evaluation, Experience experience) {
        settings = settings(parallelism, evaluation, experience);
        for (int turn = 0; records.size() < count; turn++) {
            add(turn % ROBOTS, turn / ROBOTS, START_MILLIS + STEP_MILLIS * turn);
        }
    }

    /** What a robot sends at one of its steps, counted over all episodes. */
    private void add(int robot, int step, long now) {
        int number = robot + ROBOTS * step;
        if (number % 13 == 12) {
            return; // lost
        }
        RobotObservation observation = observation(robot, step, now);
        if (number % 29 == 28) {
            observation.setProprioception(List.of(Float.NaN, 0f));
        }
        if (number % 31 == 30) {
            observation.setImageWidth(SIDE + 1);
        }
        send(observation, now);
        if (number % 11 == 10) {
            send(observation, now); // again
        }
        if (number % 17 == 16 && step > 2) {
            long then = now - 2 * ROBOTS * STEP_MILLIS;
            send(observation(robot, step - 2, then), now); // held up, and sent a second time
        }
    }

    private static RobotObservation observation(int robot, int step, long now) {
        int inEpisode = step % EPISODE_STEPS;
        var random = new CounterRandom(31, robot, 1_000L * step);
        byte[] picture = new byte[3 * SIDE * SIDE];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = (byte) random.nextLong(256);
        }
        List<StepOutcome> outcomes = new ArrayList<>();
        for (int back = 1; back <= Math.min(2, inEpisode); back++) {
            int earlier = inEpisode - back;
            boolean comesLater = back == 1 && step % 5 == 4; // with the next observation
            if (!comesLater) {
                var ofStep = new CounterRandom(32, robot, 10L * (step - back));
                outcomes.add(
                        new StepOutcome(
                                (long) earlier,
                                (float) ofStep.nextDouble(),
                                List.of((float) (2 * ofStep.nextDouble() - 1)),
                                step % 7 == 6));
            }
        }
        return new RobotObservation(
                "robot-" + robot,
                (long) step / EPISODE_STEPS,
                (long) inEpisode,
                now,
                ByteBuffer.wrap(picture),
                SIDE,
                SIDE,
                List.of((float) random.nextDouble(), (float) random.nextDouble()),
                0f,
                inEpisode == EPISODE_STEPS - 1,
                50,
                outcomes,
                step % 9 != 8,
                step % 10 != 9);
    }

    private void send(RobotObservation observation, long now) {
        int offset = records.size();
        records.add(
                settings.decoder()
                        .decode(
                                "robots",
                                0,
                                offset,
                                now,
                                ("robots@" + offset).getBytes(StandardCharsets.UTF_8),
                                codec.encode(observation),
                                new String[0],
                                new byte[0][]));
    }

    private static RobotSettings settings(
            int parallelism, boolean evaluation, Experience experience) {
        List<Integer> few = List.of(8);
        var model =
                new WorldModelConfig(
                        new WorldModelConfig.Encoder(
                                3, SIDE, SIDE, List.of(4, 4), List.of(2, 1), 6, 2, few),
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
                        "libtorch",
                        1,
                        model,
                        learning,
                        frame,
                        4,
                        4,
                        2,
                        8,
                        new ActingConfig(2, 60_000, 8, 0.5f, 2, 5),
                        true),
                new ServingConfig(evaluation, 5, 5, -1),
                parallelism,
                4_096);
    }

    @Override
    public int records() {
        return records.size();
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
        Learned learned = RobotPipeline.learn(source, settings);
        Predicted predicted = RobotPipeline.predict(source, loop.apply(learned.models()), settings);
        DataStream<OutRecord> actions =
                predicted
                        .predictions()
                        .map(new ByStep())
                        .returns(Types.POJO(OutRecord.class))
                        .setParallelism(1);
        return new Built(
                learned, new Predicted(actions, predicted.telemetry(), predicted.deadLetters()));
    }

    /** Actions of one robot have one key; to be compared each needs its own. */
    private static final class ByStep implements MapFunction<OutRecord, OutRecord> {
        private static final long serialVersionUID = 1;

        @Override
        public OutRecord map(OutRecord record) throws UndecodableRecordException {
            Action action = AvroCodec.of(Action.class).decode(record.value);
            String key =
                    "%s/%d/%d"
                            .formatted(
                                    action.getRobot(), action.getEpisode(), action.getSequence());
            return new OutRecord(key.getBytes(StandardCharsets.UTF_8), record.value);
        }
    }
}
