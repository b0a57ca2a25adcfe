package freshet.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.checkpoint.CheckpointFailureReason;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;

/** A job in a Flink cluster of this process, and where it goes on after a stop or a kill. */
public final class LocalJob {

    private static final String METADATA = "_metadata";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_EVERY_MILLIS = 100;

    private final JobClient client;
    private final CompletableFuture<JobExecutionResult> result;

    private LocalJob(JobClient client) {
        this.client = client;
        this.result = client.getJobExecutionResult();
    }

    /** Submits what was added to {@code env} and waits until it runs. */
    public static LocalJob start(StreamExecutionEnvironment env, String name) {
        try {
            LocalJob job = new LocalJob(env.executeAsync(name));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (job.client.getJobStatus().get() != JobStatus.RUNNING
                    && !job.hasEnded()
                    && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            }
            return job;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while the job was started", e);
        } catch (Exception e) {
            throw new CommandFailure("the job does not start: " + rootMessage(e), e);
        }
    }

    /** By itself: bounded input has ended, or it failed and does not restart. */
    public boolean hasEnded() {
        return result.isDone();
    }

    /**
     * Waits at most so long for the end; true if it has come.
     *
     * @throws CommandFailure if the job failed
     */
    public boolean awaitEnd(long millis) {
        try {
            result.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new CommandFailure("the job failed: " + rootMessage(e), e);
        }
    }

    /**
     * Stops the job between two records and keeps all that it needs to go on; a job that is still
     * starting is waited for, as its tasks can be stopped only when all of them run. If it cannot
     * be done, cancels the job, and what was there before counts.
     *
     * @return where the savepoint lies; empty if none could be taken
     */
    public Optional<String> stop(Path folder) {
        return stop(folder, () -> {});
    }

    /**
     * @param stillStarting is called once if the job has to be waited for
     */
    public Optional<String> stop(Path folder, Runnable stillStarting) {
        if (hasEnded()) {
            return Optional.empty();
        }
        try {
            String savepoint =
                    savepoint(
                            folder.resolve("savepoints").toAbsolutePath().toUri().toString(),
                            stillStarting);
            result.handle((done, failure) -> done).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return Optional.of(savepoint);
        } catch (ExecutionException | TimeoutException e) {
            cancel();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cancel();
            return Optional.empty();
        }
    }

    private String savepoint(String target, Runnable stillStarting)
            throws ExecutionException, InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean waits = false;
        while (true) {
            try {
                return client.stopWithSavepoint(false, target, SavepointFormatType.NATIVE)
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (!isStarting(e) || hasEnded() || System.nanoTime() > deadline) {
                    throw e;
                }
                if (!waits) {
                    waits = true;
                    stillStarting.run();
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            }
        }
    }

    private static boolean isStarting(ExecutionException failure) {
        return ExceptionUtils.findThrowable(failure, CheckpointException.class)
                .map(CheckpointException::getCheckpointFailureReason)
                .filter(CheckpointFailureReason.NOT_ALL_REQUIRED_TASKS_RUNNING::equals)
                .isPresent();
    }

    /** Ends the job and waits until it has; nothing of it is kept but complete checkpoints. */
    public void cancel() {
        if (hasEnded()) {
            return;
        }
        try {
            client.cancel().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            result.handle((done, failure) -> done).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException
                | TimeoutException
                | InterruptedException
                | IllegalStateException e) { // the last: it ended in this moment
            // It ends with the process; a checkpoint that is complete stays so.
        }
    }

    /**
     * Lets the next job of {@code config} go on from the newest savepoint or retained checkpoint
     * below {@code folder}; false if there is none. Flink deletes it when it has a newer one.
     */
    public static boolean resume(Configuration config, Path folder) {
        Optional<Path> newest = newestState(folder);
        newest.ifPresent(
                path -> {
                    config.set(
                            StateRecoveryOptions.SAVEPOINT_PATH,
                            path.toAbsolutePath().toUri().toString());
                    config.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
                });
        return newest.isPresent();
    }

    /** The newest complete savepoint or checkpoint: one without metadata was never finished. */
    public static Optional<Path> newestState(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> below = Files.walk(folder)) {
            return below.filter(path -> path.endsWith(METADATA))
                    .max(Comparator.comparing(LocalJob::written))
                    .map(Path::getParent);
        } catch (IOException e) {
            throw new CommandFailure("folder %s cannot be read: %s".formatted(folder, e), e);
        }
    }

    private static FileTime written(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    /** The innermost cause in one line: what the user can act on. */
    public static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        return root.getClass().getSimpleName() + ": " + message;
    }
}
