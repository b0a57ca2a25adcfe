package freshet.pipelines;

import freshet.operators.ActFunction;
import freshet.operators.ActionsFunction;
import freshet.operators.ModelRecord;
import freshet.operators.ModelVersion;
import freshet.operators.OutRecord;
import freshet.operators.RobotAnswer;
import freshet.operators.RobotRecord;
import freshet.operators.RobotTelemetryFunction;
import freshet.operators.SharedPassOperator;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The robot pipeline as two branches that meet only in the models stream. Takes streams and returns
 * streams; knows no topic and no cluster.
 *
 * <pre>
 * observations, commands → order → join outcomes, batch and learn → chunk models → models
 * observations → (order) → to their owner → act → write actions → actions
 * models → assemble models → (keep newest) ──┘ └→ report → telemetry
 * </pre>
 *
 * Live, an observation passes no step that waits: its action is chosen when it comes, by the newest
 * version.
 */
public final class RobotPipeline {

    private RobotPipeline() {}

    /** observations, commands → order by event time → join outcomes, batch and LEARN → chunk. */
    public static Learned learn(
            DataStream<RobotRecord> observations,
            Commands<RobotRecord> commands,
            RobotSettings settings) {
        SingleOutputStreamOperator<RobotRecord> ordered =
                Branches.order(commands.among(observations), "learn", settings);
        SingleOutputStreamOperator<ModelVersion> versions =
                Branches.learn(ordered, commands.settings(), settings);
        return Branches.learned(versions, settings, ordered);
    }

    /** observations → order or arrival → ACT → actions. */
    public static Predicted predict(
            DataStream<RobotRecord> observations,
            DataStream<ModelRecord> modelRecords,
            RobotSettings settings) {
        boolean evaluation = settings.serving().evaluation();
        Branches.Versions versions = Branches.versions(modelRecords, settings);
        DataStream<RobotRecord> inOrder =
                evaluation ? Branches.order(observations, "predict", settings) : observations;
        SingleOutputStreamOperator<RobotAnswer> answers =
                inOrder.partitionCustom(new ActFunction.ByOwner(), RobotRecord::robot)
                        .connect(versions.taken().broadcast())
                        .transform(
                                "act",
                                Types.POJO(RobotAnswer.class),
                                new SharedPassOperator<>(
                                        new ActFunction(settings.learner(), settings.serving())));
        Branches.name(answers, "act", settings.learner())
                .setParallelism(settings.predictParallelism());
        String model = settings.learner().modelName();
        SingleOutputStreamOperator<OutRecord> actions =
                answers.map(new ActionsFunction(model, evaluation)).returns(Branches.OUT);
        Branches.name(actions, "write actions", settings.learner())
                .setParallelism(settings.predictParallelism());
        SingleOutputStreamOperator<OutRecord> telemetry =
                answers.flatMap(new RobotTelemetryFunction(model)).returns(Branches.OUT);
        Branches.name(telemetry, "report", settings.learner())
                .setParallelism(settings.predictParallelism());
        return new Predicted(actions, telemetry, versions.refused());
    }
}
