package freshet.operators;

import freshet.learners.Measurement;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Reports to the telemetry, part {@code robot:NAME}, what {@link RobotReport} has of each robot,
 * and how old its model was.
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
        List<Measurement> points = answer.measured();
        if (!points.isEmpty()) {
            out.collect(
                    telemetry.of(
                            "robot:" + answer.robot,
                            answer.report,
                            answer.observationMillis,
                            points));
        }
    }
}
