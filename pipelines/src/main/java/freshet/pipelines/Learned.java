package freshet.pipelines;

import freshet.operators.OutRecord;
import org.apache.flink.streaming.api.datastream.DataStream;

/** What a learn branch gives: {@code models} are chunks and manifests in order. */
public record Learned(
        DataStream<OutRecord> models,
        DataStream<OutRecord> telemetry,
        DataStream<OutRecord> deadLetters) {}
