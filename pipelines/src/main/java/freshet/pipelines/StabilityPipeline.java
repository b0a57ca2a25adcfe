package freshet.pipelines;

import freshet.operators.AlertRecord;
import freshet.operators.OutRecord;
import freshet.operators.TelemetryRecord;
import freshet.operators.TellFunction;
import freshet.operators.WatchFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The watch over all models. Takes streams and returns streams; knows no topic and no cluster.
 *
 * <pre>
 * telemetry → watch (rules, remedies) → alerts
 *                                     ├→ tell (log, webhook)
 *                                     └→ control
 * </pre>
 */
public final class StabilityPipeline {

    static final TypeInformation<AlertRecord> ALERT = Types.POJO(AlertRecord.class);

    private StabilityPipeline() {}

    /**
     * What the watch found.
     *
     * @param alerts as they open and end, in the order of each model's telemetry
     * @param commands that remedies give
     * @param deadLetters telemetry that could not be read
     */
    public record Watched(
            DataStream<AlertRecord> alerts,
            DataStream<OutRecord> commands,
            DataStream<OutRecord> deadLetters) {

        /** As the alerts topic takes them. */
        public DataStream<OutRecord> records() {
            return alerts.map(AlertRecord::out)
                    .returns(Branches.OUT)
                    .name("write alerts")
                    .uid("write-alerts")
                    .setParallelism(1)
                    .setMaxParallelism(Branches.MAX_PARALLELISM);
        }
    }

    /** telemetry → judge by the rules → alerts, which people are told of. */
    public static Watched watch(DataStream<TelemetryRecord> telemetry, StabilitySettings settings) {
        SingleOutputStreamOperator<AlertRecord> alerts =
                telemetry
                        .keyBy(record -> record.modelName, Types.STRING)
                        .process(
                                new WatchFunction(
                                        settings.rules(),
                                        settings.remedies(),
                                        Branches.COMMANDS,
                                        Branches.DEAD_LETTERS),
                                ALERT)
                        .name("watch")
                        .uid("watch")
                        .setParallelism(1)
                        .setMaxParallelism(Branches.MAX_PARALLELISM);
        alerts.process(new TellFunction(settings.webhook()), ALERT)
                .name("tell people")
                .uid("tell-people")
                .setParallelism(1)
                .setMaxParallelism(Branches.MAX_PARALLELISM);
        return new Watched(
                alerts,
                alerts.getSideOutput(Branches.COMMANDS),
                alerts.getSideOutput(Branches.DEAD_LETTERS));
    }
}
