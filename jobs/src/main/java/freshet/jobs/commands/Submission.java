package freshet.jobs.commands;

import freshet.jobs.FlinkCluster;
import freshet.jobs.LocalDefaults;
import freshet.jobs.StreamJob;
import freshet.jobs.Topics;
import freshet.pipelines.FreshetOptions;
import java.io.PrintWriter;
import java.util.Locale;
import org.apache.flink.configuration.Configuration;

/** Hands a job to a Flink cluster. */
final class Submission {

    private final Configuration settings;
    private final StreamJob.Branches branches;

    Submission(Configuration settings, StreamJob.Branches branches) {
        this.settings = settings;
        this.branches = branches;
    }

    /** Its group at Kafka, with the branch that it is. */
    private String name() {
        String group = settings.get(FreshetOptions.GROUP);
        return branches == StreamJob.Branches.BOTH
                ? group
                : group + " " + branches.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Checks the cluster, makes the topics that are missing, submits and says so.
     *
     * @param flink REST address, {@code host:port}
     * @param partitions of topics that are made
     */
    void to(String flink, int partitions, PrintWriter out) {
        LocalDefaults.fillForCluster(settings);
        var cluster = new FlinkCluster(flink, settings);
        int freeSlots = cluster.check();
        Topics.prepare(SettingsOptions.kafka(settings), settings, partitions);
        var env = cluster.environment();
        StreamJob.build(env, settings, branches);
        int slots = env.getStreamGraph(false).getMaximumParallelism();
        out.printf("job %s is with Flink at %s%n", cluster.submit(env, name()), cluster);
        if (freeSlots < slots) {
            out.printf(
                    "it needs %d task slots, %d are free: it waits for more%n", slots, freeSlots);
        }
        out.flush();
    }
}
