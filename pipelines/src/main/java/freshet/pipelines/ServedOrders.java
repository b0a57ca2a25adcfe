package freshet.pipelines;

import freshet.operators.DecisionLog;
import freshet.operators.ModelVersion;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * What is ordered of predictors that try versions.
 *
 * @param stream orders as they travel among the versions; null if none will come
 * @param log where it is written what becomes of them
 */
public record ServedOrders(DataStream<ModelVersion> stream, DecisionLog.Factory log) {

    public static ServedOrders none() {
        return new ServedOrders(null, DecisionLog.Factory.none());
    }

    /** Versions and orders together. */
    DataStream<ModelVersion> among(DataStream<ModelVersion> versions) {
        return stream == null ? versions : versions.union(stream);
    }
}
