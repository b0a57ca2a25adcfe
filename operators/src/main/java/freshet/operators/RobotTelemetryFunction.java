package freshet.operators;

import freshet.learners.Measurement;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Reports to the telemetry, part {@code robot:NAME}: surprise, misses, and how old belief and model
 * were.
 */
public final class RobotTelemetryFunction extends RichFlatMapFunction<RobotAnswer, OutRecord> {

    private static final long serialVersionUID = 1;

    private final String modelName;
    private transient TelemetryRecords telemetry;

    public RobotTelemetryFunction(String modelName) {
        this.modelName = modelName;
    }

    @Override
    public void open(OpenContext context) {
        telemetry = new TelemetryRecords(modelName, "robot");
    }

    @Override
    public void flatMap(RobotAnswer answer, Collector<OutRecord> out) {
        if (answer.reportedSteps == 0) {
            return;
        }
        var surprise =
                new Measurement(
                        ActingRobot.SURPRISE,
                        -1,
                        -1,
                        answer.reportedSteps,
                        answer.surpriseSumNats,
                        answer.surpriseMinNats,
                        answer.surpriseMaxNats);
        out.collect(
                telemetry.of(
                        "robot:" + answer.robot,
                        answer.report,
                        answer.observationMillis,
                        List.of(
                                surprise,
                                Measurement.of("deadlinesMissed", (double) answer.missed),
                                Measurement.of("stepsBridged", (double) answer.bridged),
                                Measurement.of("beliefSteps", (double) answer.beliefSteps),
                                Measurement.of("modelAgeMillis", (double) answer.modelAgeMillis))));
    }
}
