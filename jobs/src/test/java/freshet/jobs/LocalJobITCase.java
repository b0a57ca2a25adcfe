package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalJobITCase {

    private static final CountDownLatch MAY_OPEN = new CountDownLatch(1);

    @TempDir Path folder;

    /** Flink calls a job running while its tasks still start, and then refuses a savepoint. */
    @Test
    void aStopWhileTheJobStartsEndsWithASavepoint() {
        Configuration config = new Configuration();
        LocalDefaults.fill(config, folder);
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        env.fromSource(
                        new DataGeneratorSource<>(
                                number -> number,
                                Long.MAX_VALUE,
                                RateLimiterStrategy.perSecond(100),
                                Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .map(new SlowToOpen())
                .sinkTo(new DiscardingSink<>());
        LocalJob job = LocalJob.start(env, "slow to start");

        Optional<String> savepoint = job.stop(folder, MAY_OPEN::countDown);

        assertThat(savepoint).isPresent();
        assertThat(job.hasEnded()).isTrue();
        assertThat(LocalJob.newestState(folder).map(state -> state.toUri().toString()))
                .hasValueSatisfying(state -> assertThat(state).contains("savepoint-"));
    }

    private static final class SlowToOpen extends RichMapFunction<Long, Long> {
        @Override
        public void open(OpenContext context) throws InterruptedException {
            MAY_OPEN.await();
        }

        @Override
        public Long map(Long number) {
            return number;
        }
    }
}
