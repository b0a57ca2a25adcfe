package freshet.jobs;

import freshet.pipelines.FreshetOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** What Flink needs to know for a job in this process, where the user's settings do not say it. */
public final class LocalDefaults {

    private LocalDefaults() {}

    /**
     * Fills what is missing: checkpoints every ten seconds into {@code folder/checkpoints}, kept
     * when the job is stopped or killed; restarts after a failure with growing pauses; no generic
     * types.
     */
    public static void fill(Configuration config, Path folder) {
        fillForCluster(config);
        set(config, CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        set(
                config,
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                folder.resolve("checkpoints").toAbsolutePath().toUri().toString());
    }

    /** The same, but for the place of checkpoints, which is the cluster's matter. */
    public static void fillForCluster(Configuration config) {
        set(config, CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
        set(
                config,
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        // Not for size: Flink 2.2 restores operator state byte by byte, which from an uncompressed
        // file is a system call each (CompressibleFSDataInputStream has no bulk read): a minute for
        // our 90 MB instead of a second or two.
        set(config, ExecutionOptions.SNAPSHOT_COMPRESSION, true);
        set(config, RocksDBOptions.OPTIONS_FACTORY, SmallManifests.class.getName());
        set(config, RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        set(config, PipelineOptions.GENERIC_TYPES, false);
        if (config.get(FreshetOptions.PIPELINE) == FreshetOptions.Pipeline.ROBOTS) {
            // A robot waits for its action; Flink would gather records for up to 100 ms, and a
            // Kafka producer for 5 ms.
            set(config, ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
            Map<String, String> client = new HashMap<>(config.get(FreshetOptions.CLIENT_OPTIONS));
            client.putIfAbsent("linger.ms", "0");
            config.set(FreshetOptions.CLIENT_OPTIONS, client);
        }
    }

    /** Sets an option that the user has not set. */
    public static <T> void set(Configuration config, ConfigOption<T> option, T value) {
        if (!config.contains(option)) {
            config.set(option, value);
        }
    }
}
