package freshet.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class HoldsNothingUpTest {

    /** Observations that pause leave the commands' watermark as the only one: it must be none. */
    @Test
    void commandsAreIdleAndHaveNoWatermark() {
        List<String> said = new ArrayList<>();
        var output =
                new WatermarkOutput() {
                    @Override
                    public void emitWatermark(Watermark watermark) {
                        said.add(watermark.toString());
                    }

                    @Override
                    public void markIdle() {
                        said.add("idle");
                    }

                    @Override
                    public void markActive() {
                        said.add("active");
                    }
                };
        var commands = new KafkaEndpoints.HoldsNothingUp<Integer>();

        commands.onEvent(1, 1, output);
        commands.onPeriodicEmit(output);

        assertThat(said).containsExactly("idle");
    }
}
