package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

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
     * @param modelsAtKill records of versions that were committed at the last kill; 0: none
     * @param answersAtKill answers that were written at the last kill, each counted once
     */
    record Result(
            RunOutputs outputs, int faults, int restored, int modelsAtKill, int answersAtKill) {}

    /** A checkpoint after the last record, and one more whose commit is certainly through. */
    private static final int LAST_CHECKPOINTS = 3;

    private final KafkaAccess kafka;
    private final Path folder;
    private final RealStream stream;
    private final int records;
    private final Map<String, String> more;

    /**
     * @param records of the stream
     * @param more settings, beyond ours
     */
    RealRun(
            KafkaAccess kafka,
            Path folder,
            RealStream stream,
            int records,
            Map<String, String> more) {
        this.more = more;
        this.kafka = kafka;
        this.folder = folder;
        this.stream = stream;
        this.records = records;
    }

    /**
     * @param streamName under which the stream was published
     * @param kills how often to kill, if that is the fault
     * @param models records of versions that an undisturbed run writes; any number if this is it
     */
    Result run(
            String name,
            String streamName,
            Case where,
            int kills,
            int models,
            SplittableRandom random) {
        RunTopics topics = RunTopics.of(name);
        Map<String, String> settings = settings(kafka, name, stream, streamName, where);
        settings.putAll(more);
        if (where.fault() == Fault.EXCEPTION) {
            settings.put("kafka.client.partitioner.class", ThrowingPartitioner.class.getName());
            int at = records / 8 + random.nextInt(records * 5 / 8);
            settings.put("kafka.client." + ThrowingPartitioner.AT, String.valueOf(at));
        }
        int answers = stream.answers(records, where.evaluation());
        int faults = 0;
        int restored = 0;
        int modelsAtKill = 0;
        int answersAtKill = 0;
        try (SeparateJob job = new SeparateJob(folder.resolve(name), settings, "both")) {
            job.start();
            if (where.fault() == Fault.KILL) {
                for (int kill = 0; kill < kills; kill++) {
                    // Between a tenth and nine tenths of the way, further on each time; of the
                    // learner or of the predictor, which is well behind it in evaluation.
                    double way = 0.1 + 0.8 * (kill + random.nextDouble()) / kills;
                    if (random.nextBoolean()) {
                        await(job, topics, topics.models(), (long) (way * models));
                    } else {
                        await(job, topics, topics.predictions(), (long) (way * answers));
                    }
                    job.kill();
                    RunOutputs before = RunOutputs.read(kafka, topics, stream, false);
                    modelsAtKill = before.models().size();
                    answersAtKill = before.predictions().size();
                    faults++;
                    restored += job.latestCheckpoint().isPresent() ? 1 : 0;
                    job.start();
                }
            }
            RunOutputs outputs = finish(job, topics, where.evaluation(), answers);
            if (job.hasThrown()) {
                faults++;
                restored++;
            }
            return new Result(outputs, faults, restored, modelsAtKill, answersAtKill);
        }
    }

    /** Waits until the job has written so much of a topic and has a checkpoint. */
    void await(SeparateJob job, RunTopics topics, String topic, long count) {
        long seen = 0;
        // At least one checkpoint, or there would be nothing to go on from.
        while (seen < count || job.checkpoints() == 0) {
            job.staysAlive();
            // What the job has done, committed or not: not what its checkpoints say.
            seen = exists(topics) ? kafka.written(topic) : 0;
        }
    }

    /** Waits until the job is through, and reads what it has left. */
    RunOutputs finish(SeparateJob job, RunTopics topics, boolean evaluation, int answers) {
        long last = Long.MAX_VALUE;
        while (true) {
            job.staysAlive();
            if (!exists(topics) || kafka.written(topics.predictions()) < answers) {
                continue; // the cheaper question
            }
            long checkpoint = job.checkpoints();
            RunOutputs outputs = RunOutputs.read(kafka, topics, stream, evaluation);
            boolean isThrough =
                    outputs.learnerHash() != null && outputs.predictions().size() == answers;
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

    /** All that a job on a stream is told, which writes topics of its own. */
    static Map<String, String> settings(
            KafkaAccess kafka, String name, RealStream stream, String streamName, Case where) {
        Map<String, String> settings = settings(kafka, name, where);
        settings.putAll(stream.settings(streamName));
        RunTopics.of(name).into(settings);
        return settings;
    }

    /** All but what is to be read. */
    static Map<String, String> settings(KafkaAccess kafka, String name, Case where) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.bootstrap-servers", kafka.servers());
        settings.put("kafka.group", name);
        settings.put("kafka.bounded", "true");
        settings.put("serve.mode", where.evaluation() ? "evaluation" : "live");
        settings.put("serve.parallelism", String.valueOf(where.parallelism()));
        settings.put("stream.idle-timeout", "0 s"); // the one clock in the pipeline
        settings.put("stability.remedies", "off"); // what is ordered is part of the stream
        settings.put("learning.publish-every-updates", "2");
        settings.put("execution.checkpointing.interval", "100 ms");
        settings.put("restart-strategy.type", "fixed-delay");
        settings.put("restart-strategy.fixed-delay.attempts", "3");
        settings.put("restart-strategy.fixed-delay.delay", "10 ms");
        return settings;
    }
}
