package freshet.jobs.commands;

import freshet.jobs.cluster.LocalCluster;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a cluster keeps all that it has; for every command about one. */
final class ClusterFolderOption {

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            defaultValue = ".freshet/cluster",
            description = "Logs, checkpoints and topics of the cluster; default: ${DEFAULT-VALUE}.")
    private Path folder;

    Path get() {
        return folder;
    }

    LocalCluster cluster() {
        return LocalCluster.in(folder);
    }
}
