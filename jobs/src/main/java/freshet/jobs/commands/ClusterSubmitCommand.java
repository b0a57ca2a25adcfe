package freshet.jobs.commands;

import freshet.jobs.cluster.LocalCluster;
import freshet.pipelines.FreshetOptions;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code freshet cluster submit}: a job to the cluster of this machine. */
@Command(
        name = "submit",
        description = {
            "Submits a job to the cluster, on its own Kafka if it has one; as freshet run --flink.",
            "Learn and serve as two jobs: submit twice, with --branches learn and --branches serve."
        },
        mixinStandardHelpOptions = true)
public final class ClusterSubmitCommand implements Runnable {

    @Spec private CommandSpec spec;
    @Mixin private ClusterFolderOption folder;
    @Mixin private SettingsOptions settings;
    @Mixin private BranchesOption branches;
    @Mixin private PartitionsOption partitions;

    @Override
    public void run() {
        int made = partitions.get();
        LocalCluster cluster = folder.cluster();
        Configuration configuration = settings.read();
        if (cluster.hasKafka()) {
            configuration.set(FreshetOptions.BOOTSTRAP_SERVERS, cluster.bootstrapServers());
        }
        FreshetOptions.check(configuration);
        new Submission(configuration, branches.get())
                .to(cluster.flinkAddress(), made, spec.commandLine().getOut());
    }
}
