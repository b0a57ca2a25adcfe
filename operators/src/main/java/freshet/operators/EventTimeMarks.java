package freshet.operators;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Watermarks of a partition of observations: the newest event time less the allowed disorder.
 * Records with a problem have no event time and move nothing, so that one absurd date cannot make
 * all after it late.
 */
public final class EventTimeMarks {

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

        PerPartition(long allowedDisorderMillis) {
            this.allowedDisorderMillis = allowedDisorderMillis;
        }

        @Override
        public void onEvent(R record, long timestamp, WatermarkOutput output) {
            if (record.isValid()) {
                newest = Math.max(newest, record.eventTimeMillis);
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            if (newest != Long.MIN_VALUE) {
                output.emitWatermark(new Watermark(newest - allowedDisorderMillis - 1));
            }
        }
    }
}
