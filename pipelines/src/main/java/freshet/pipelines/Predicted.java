package freshet.pipelines;

import freshet.operators.OutRecord;
import org.apache.flink.streaming.api.datastream.DataStream;

/** What a predict branch gives. */
public record Predicted(
        DataStream<OutRecord> predictions,
        DataStream<OutRecord> telemetry,
        DataStream<OutRecord> deadLetters) {}
