package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class EventTimeMarksTest {

    private final List<Long> marks = new ArrayList<>();
    private final WatermarkOutput output =
            new WatermarkOutput() {
                @Override
                public void emitWatermark(Watermark mark) {
                    marks.add(mark.getTimestamp());
                }

                @Override
                public void markIdle() {}

                @Override
                public void markActive() {}
            };
    private final WatermarkGenerator<ImageRecord> partition =
            EventTimeMarks.<ImageRecord>strategy(10).createWatermarkGenerator(null);

    private void take(int count, long eventTimeMillis, String problem) {
        for (int i = 0; i < count; i++) {
            var record = new ImageRecord();
            record.eventTimeMillis = eventTimeMillis;
            record.problem = problem;
            partition.onEvent(record, eventTimeMillis, output);
        }
    }

    /** 100 less the allowed 10, less one, as another record of time 90 may come. */
    @Test
    void areBehindTheNewestByTheAllowedDisorder() {
        take(1, 100, null);
        take(1, 60, null);
        partition.onPeriodicEmit(output);
        assertThat(marks).containsExactly(89L);
    }

    /** Of 70 records the 32nd and the 64th bring one. */
    @Test
    void comeWithoutTheIntervalWhereTheStreamIsFast() {
        take(70, 100, null);
        assertThat(marks).containsExactly(89L, 89L);
    }

    @Test
    void comeOnlyFromRecordsThatCanBeRead() {
        take(70, 100, "UNREADABLE");
        partition.onPeriodicEmit(output);
        assertThat(marks).isEmpty();
    }
}
