package freshet.pipelines;

import freshet.operators.ControlSettings;
import freshet.operators.InRecord;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * What is ordered of a learner.
 *
 * @param stream commands as records among which they will travel; null if none will come
 */
public record Commands<R extends InRecord>(DataStream<R> stream, ControlSettings settings) {

    public static <R extends InRecord> Commands<R> none() {
        return new Commands<>(null, ControlSettings.none());
    }

    /** Records and commands together, still to be ordered. */
    DataStream<R> among(DataStream<R> records) {
        return stream == null ? records : records.union(stream);
    }
}
