package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One run of the job on Kafka in a process of its own, over a fixed stream that ends, with or
 * without a fault.
 */
final class RealRun {

    /** What happens to the job. */
    enum Fault {
        NONE,
        KILL,
        EXCEPTION
    }

    /** Where a run takes place. */
    record Case(int parallelism, int partitions, boolean evaluation, Fault fault) {}

    /**
     * What it came to.
     *
     * @param faults how often the job was killed or failed
     * @param restored how many of the restarts found a checkpoint
     */
    record Result(RunOutputs outputs, int faults, int restored) {}

    /** A checkpoint after the last record, and one more whose commit is certainly through. */
    private static final int LAST_CHECKPOINTS = 3;

    private final KafkaAccess kafka;
    private final Path folder;
    private final int records;

    RealRun(KafkaAccess kafka, Path folder, int records) {
        this.kafka = kafka;
        this.folder = folder;
        this.records = records;
    }

    /**
     * @param texts topic of the fixed stream
     * @param kills how often to kill, if that is the fault
     */
    Result run(String name, String texts, Case where, int kills, SplittableRandom random) {
        RunTopics topics = RunTopics.of(name, texts);
        Map<String, String> settings = settings(kafka, name, where);
        topics.into(settings);
        if (where.fault() == Fault.EXCEPTION) {
            settings.put("kafka.client.partitioner.class", ThrowingPartitioner.class.getName());
            int at = records / 8 + random.nextInt(records * 5 / 8);
            settings.put("kafka.client." + ThrowingPartitioner.AT, String.valueOf(at));
        }
        int faults = 0;
        int restored = 0;
        try (SeparateJob job = new SeparateJob(folder.resolve(name), settings, "both")) {
            job.start();
            if (where.fault() == Fault.KILL) {
                int from = records / 10;
                for (int kill = 0; kill < kills; kill++) {
                    // Between a tenth and nine tenths of the way, further on each time.
                    int span = records * 8 / 10 / kills;
                    awaitPredictions(job, topics, from + random.nextInt(span));
                    from += span;
                    job.kill();
                    faults++;
                    restored += job.latestCheckpoint().isPresent() ? 1 : 0;
                    job.start();
                }
            }
            RunOutputs outputs = finish(job, topics, where.evaluation());
            if (job.hasThrown()) {
                faults++;
                restored++;
            }
            return new Result(outputs, faults, restored);
        }
    }

    private void awaitPredictions(SeparateJob job, RunTopics topics, int count) {
        var seen = new AtomicInteger();
        // At least one checkpoint, or there would be nothing to go on from.
        while (seen.get() < count || job.checkpoints() == 0) {
            job.mustBeAlive();
            seen.set(0);
            if (exists(topics)) {
                new TopicReader(kafka, topics.predictions())
                        .toTheEnd(record -> seen.incrementAndGet() < count);
            }
        }
    }

    private RunOutputs finish(SeparateJob job, RunTopics topics, boolean evaluation) {
        long last = Long.MAX_VALUE;
        while (true) {
            job.mustBeAlive();
            if (!exists(topics)) {
                continue;
            }
            long checkpoint = job.checkpoints();
            RunOutputs outputs = RunOutputs.read(kafka, topics, evaluation);
            boolean isThrough =
                    outputs.learnerHash() != null && outputs.predictions().size() == records;
            if (isThrough && last == Long.MAX_VALUE) {
                last = checkpoint + LAST_CHECKPOINTS;
            }
            if (isThrough && checkpoint >= last) {
                return outputs;
            }
        }
    }

    /** The job makes its topics; until then there is nothing to read. */
    private boolean exists(RunTopics topics) {
        try {
            // The last one that the job makes.
            return !kafka.partitions(topics.deadLetters()).isEmpty();
        } catch (freshet.jobs.CommandFailure e) {
            return false;
        }
    }

    /** A model small enough to be learned in seconds. */
    static Map<String, String> settings(KafkaAccess kafka, String name, Case where) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.bootstrap-servers", kafka.servers());
        settings.put("kafka.group", name);
        settings.put("kafka.bounded", "true");
        settings.put("serve.mode", where.evaluation() ? "evaluation" : "live");
        settings.put("serve.parallelism", String.valueOf(where.parallelism()));
        settings.put("stream.idle-timeout", "0 s"); // the one clock in the pipeline
        settings.put("model.width", "32");
        settings.put("model.heads", "2");
        settings.put("memory.capacity", "1024");
        settings.put("memory.shards", "4");
        settings.put("memory.context-slots-log2", "14");
        settings.put("learning.publish-every-updates", "2");
        settings.put("execution.checkpointing.interval", "100 ms");
        settings.put("restart-strategy.type", "fixed-delay");
        settings.put("restart-strategy.fixed-delay.attempts", "3");
        settings.put("restart-strategy.fixed-delay.delay", "10 ms");
        return settings;
    }
}
