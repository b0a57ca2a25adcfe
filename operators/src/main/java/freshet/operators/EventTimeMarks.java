package freshet.operators;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Watermarks of a partition of observations: the newest event time less the allowed disorder. They
 * come at Flink's interval, and after every so many records: a fast stream behind an order would
 * otherwise go on in bursts, and the learner wait between them. Records with a problem have no
 * event time and move nothing, so that one absurd date cannot make all after it late; a command's
 * time may lie ahead and moves nothing either.
 */
public final class EventTimeMarks {

    /** What a learner of small records needs to stay busy: less than an update's. */
    private static final int RECORDS_A_MARK = 32;

    private EventTimeMarks() {}

    /** Strategy for a source whose splits are single partitions. */
    public static <R extends InRecord> WatermarkStrategy<R> strategy(long allowedDisorderMillis) {
        WatermarkGeneratorSupplier<R> perPartition =
                context -> new PerPartition<>(allowedDisorderMillis);
        return WatermarkStrategy.forGenerator(perPartition)
                .withTimestampAssigner(
                        (record, logTime) ->
                                record.isValid() ? record.eventTimeMillis : Long.MIN_VALUE);
    }

    private static final class PerPartition<R extends InRecord> implements WatermarkGenerator<R> {
        private final long allowedDisorderMillis;
        private long newest = Long.MIN_VALUE;
        private int sinceMark;

        PerPartition(long allowedDisorderMillis) {
            this.allowedDisorderMillis = allowedDisorderMillis;
        }

        @Override
        public void onEvent(R record, long timestamp, WatermarkOutput output) {
            if (record.isValid() && !record.isCommand()) {
                newest = Math.max(newest, record.eventTimeMillis);
                if (++sinceMark == RECORDS_A_MARK) {
                    onPeriodicEmit(output);
                }
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            sinceMark = 0;
            if (newest != Long.MIN_VALUE) {
                output.emitWatermark(new Watermark(newest - allowedDisorderMillis - 1));
            }
        }
    }
}
