package freshet.jobs.recovery;

import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.state.CheckpointStorageFactory;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;

/**
 * Checkpoints in this process's memory, without Flink's limit of 5 MB: files took most of a run.
 * Written, each waits for the disk; read, operator state comes byte by byte, a system call each. It
 * is written byte by byte too (CompressibleFSDataOutputStream has no bulk write), which for the
 * mixer's 20 MB is still most of what a run costs.
 */
public final class CheckpointsInMemory
        implements CheckpointStorageFactory<JobManagerCheckpointStorage> {

    private static final int MAX_STATE_BYTES = 64 << 20;

    @Override
    public JobManagerCheckpointStorage createFromConfig(
            ReadableConfig config, ClassLoader classLoader) {
        return new JobManagerCheckpointStorage(MAX_STATE_BYTES);
    }
}
