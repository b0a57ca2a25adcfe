package freshet.jobs.recovery;

import freshet.learners.scoring.PairedTrial;
import freshet.operators.EventTimeMarks;
import freshet.operators.InRecord;
import freshet.operators.ModelRecord;
import freshet.operators.OutRecord;
import freshet.operators.TrialConfig;
import freshet.pipelines.Learned;
import freshet.pipelines.ModelSettings;
import freshet.pipelines.Predicted;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** A pipeline of one model and all that it reads, from memory. */
interface LoopedPipeline {

    int RECORDS_A_CHECKPOINT = 10;

    /** Decided after a few records, so that a short run sees the ends of many. */
    TrialConfig TRIALS = new TrialConfig(0.5, new PairedTrial.Config(2, 3, 0, 0.5));

    /** Records that it reads. */
    int records();

    ModelSettings<?, ?> settings();

    /** The source waits for a checkpoint after so many records, so that barriers lie everywhere. */
    default int recordsACheckpoint() {
        return RECORDS_A_CHECKPOINT;
    }

    /** Whether what is learned depends on when commands came, and is written again otherwise. */
    default boolean decidesOnArrival() {
        return false;
    }

    /** Both branches. */
    record Built(Learned learned, Predicted predicted) {}

    /**
     * @param numbers of the records, in the order of arrival
     * @param loop the models stream as the predict branch reads it
     */
    Built build(
            DataStream<Long> numbers,
            Function<DataStream<OutRecord>, DataStream<ModelRecord>> loop);

    /** Records by their numbers; null is left out. */
    static <R extends InRecord> DataStream<R> records(
            DataStream<Long> numbers, List<R> records, Class<R> type, long allowedDisorderMillis) {
        return numbers.process(new ByNumber<>(records), Types.POJO(type))
                .setParallelism(1)
                .assignTimestampsAndWatermarks(EventTimeMarks.strategy(allowedDisorderMillis))
                .setParallelism(1);
    }

    /** What predictors are asked: commands are for learners alone. */
    static <R extends InRecord> DataStream<R> asked(DataStream<R> records) {
        return records.filter(record -> !record.isCommand()).setParallelism(1);
    }

    /** Number to record. */
    final class ByNumber<R extends InRecord> extends ProcessFunction<Long, R> {
        private static final long serialVersionUID = 1;
        private final List<R> records;

        ByNumber(List<R> records) {
            this.records = records;
        }

        @Override
        public void processElement(Long number, Context context, Collector<R> out) {
            R record = records.get(number.intValue());
            if (record != null) {
                out.collect(record);
            }
        }
    }
}
