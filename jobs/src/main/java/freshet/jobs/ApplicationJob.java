package freshet.jobs;

import freshet.jobs.commands.SettingsOptions;
import freshet.pipelines.FreshetOptions;
import java.util.Locale;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.resource.ResourceType;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The main of a Flink cluster that runs this one job (application mode), as on Kubernetes: {@code
 * --branches learn --config /opt/freshet/settings/freshet.yaml}. Options that the settings lack are
 * the cluster's. What is wrong with settings, topics or rights ends it in one line, before the job.
 */
@Command(name = "application-job")
public final class ApplicationJob {

    @Option(names = "--branches", required = true, description = "both, learn, serve or watch.")
    private StreamJob.Branches branches;

    @Option(
            names = "--make-topics",
            paramLabel = "N",
            defaultValue = "0",
            description = "Make missing topics with so many partitions; 0: they must be there.")
    private int partitions;

    @Mixin private SettingsOptions settings;

    private ApplicationJob() {}

    /**
     * Runs until the job ends.
     *
     * @throws CommandFailure in one line, if it cannot start
     */
    public static void main(String[] args) throws Exception {
        var job = new ApplicationJob();
        new CommandLine(job).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
        job.run();
    }

    private void run() throws Exception {
        Configuration ours = settings.read();
        FreshetOptions.check(ours);
        checkTopics(ours);
        Configuration config = ofCluster();
        config.addAll(ours);
        LocalDefaults.fillForCluster(config);
        if (config.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isEmpty()) {
            throw new CommandFailure(
                    "%s is not set: name a folder that all nodes reach"
                            .formatted(CheckpointingOptions.CHECKPOINTS_DIRECTORY.key()));
        }
        var env = StreamExecutionEnvironment.getExecutionEnvironment(config);
        StreamJob.build(env, config, branches);
        env.execute("freshet-" + branches.name().toLowerCase(Locale.ROOT));
    }

    private static Configuration ofCluster() {
        var env = StreamExecutionEnvironment.getExecutionEnvironment();
        return new Configuration((Configuration) env.getConfiguration());
    }

    /** Each topic that the job reads or writes; also finds a wrong password, or a missing right. */
    private void checkTopics(Configuration config) {
        KafkaAccess kafka = KafkaAccess.of(config);
        if (partitions > 0) {
            Topics.prepare(kafka, config, partitions);
        } else {
            Topics.checkTransactions(kafka, config);
        }
        for (KafkaRights.Right right : KafkaRights.of(config, branches)) {
            if (right.resource().resourceType() == ResourceType.TOPIC) {
                kafka.partitions(right.resource().name());
            }
        }
    }
}
