package freshet.jobs.recovery;

import freshet.jobs.Freshet;
import freshet.jobs.KafkaAccess;
import freshet.jobs.cluster.LocalCluster;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pipeline over a stream that ends, as two jobs on a cluster, in evaluation mode: what is learned
 * and what is answered are both the same bytes in every run.
 */
final class ChaosJob {

    private static final Pattern JOB = Pattern.compile("job ([0-9a-f]{32}) ");
    private static final int PARALLELISM = 2;

    /** Of each stream. */
    static final int PARTITIONS = 2;

    private final Kind kind;
    private final RealStream stream;
    private final KafkaAccess kafka;
    private final RunTopics topics;
    private final List<String> jobs = new ArrayList<>();
    private int answers;

    ChaosJob(Kind kind, KafkaAccess kafka, String run) {
        this.kind = kind;
        this.stream = RealStream.of(kind);
        this.kafka = kafka;
        this.topics = RunTopics.of(run + "." + kind);
    }

    Kind kind() {
        return kind;
    }

    static void publish(Kind kind, KafkaAccess kafka, int records, long seed) {
        RealStream.of(kind).publish(kafka, streamName(kind), PARTITIONS, records, seed);
    }

    private static String streamName(Kind kind) {
        return "stream." + kind;
    }

    /**
     * Submits learn and serve.
     *
     * @param records of the stream
     */
    void submit(Path folder, String run, int records) {
        answers = stream.answers(records, true);
        Map<String, String> settings =
                RealRun.settings(
                        kafka,
                        run + "." + kind,
                        stream,
                        streamName(kind),
                        new RealRun.Case(PARALLELISM, PARTITIONS, true, RealRun.Fault.NONE));
        settings.put("stream.max-lead", "0 s"); // see the option: sources end before jobs do
        settings.put("execution.checkpointing.interval", "500 ms");
        settings.put("restart-strategy.fixed-delay.attempts", "100000");
        settings.put("restart-strategy.fixed-delay.delay", "300 ms");
        for (String branch : List.of("learn", "serve")) {
            jobs.add(submit(folder, branch, settings));
        }
    }

    /**
     * Submits a branch to the cluster in the folder; makes topics that are missing.
     *
     * @return the job
     */
    static String submit(Path folder, String branch, Map<String, String> settings) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("cluster", "submit", "--branches", branch));
        arguments.addAll(List.of("--folder", folder.toString()));
        arguments.addAll(List.of("--partitions", String.valueOf(PARTITIONS)));
        settings.forEach((key, value) -> arguments.add("-D" + key + "=" + value));
        var said = new StringWriter();
        var printer = new PrintWriter(said);
        int exit =
                Freshet.commandLine()
                        .setOut(printer)
                        .setErr(printer)
                        .execute(arguments.toArray(String[]::new));
        Matcher job = JOB.matcher(said.toString());
        if (exit != 0 || !job.find()) {
            throw new IllegalStateException("not submitted: " + said);
        }
        return job.group(1);
    }

    /**
     * The state of those of its jobs that have not ended well.
     *
     * @param all as a job manager lists them; one that has just taken over forgets those that have
     *     ended
     * @return empty if the list lacks a job that should be there
     */
    Optional<List<LocalCluster.JobState>> running(List<LocalCluster.JobState> all) {
        List<LocalCluster.JobState> ours =
                all.stream().filter(job -> jobs.contains(job.id())).toList();
        if (ours.size() < jobs.size() && !(hasServe(ours) && outputs().learnerHash() != null)) {
            return Optional.empty();
        }
        return Optional.of(ours.stream().filter(job -> !job.state().equals("FINISHED")).toList());
    }

    private boolean hasServe(List<LocalCluster.JobState> ours) {
        return ours.stream().anyMatch(job -> job.id().equals(jobs.get(1)));
    }

    /**
     * Whether the learner has ended and all records are answered. The serve job goes on: it cannot
     * know that no more versions come.
     */
    boolean isThrough() {
        if (kafka.written(topics.predictions()) < answers) {
            return false; // the cheaper question
        }
        RunOutputs outputs = outputs();
        return outputs.learnerHash() != null && outputs.predictions().size() == answers;
    }

    /** Ends what still runs of it. */
    void cancel(LocalCluster cluster) {
        running(cluster.jobs())
                .ifPresent(running -> running.forEach(job -> cluster.cancel(job.id())));
    }

    RunOutputs outputs() {
        return RunOutputs.read(kafka, topics, stream, true);
    }
}
