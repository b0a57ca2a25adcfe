package freshet.jobs.commands;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code freshet cluster start}: starts processes that were killed, on their old ports. */
@Command(
        name = "start",
        description = "Starts processes of the cluster that do not run.",
        mixinStandardHelpOptions = true)
public final class ClusterStartCommand implements Runnable {

    @Mixin private ClusterFolderOption folder;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "As cluster status names them.")
    private List<String> names;

    @Override
    public void run() {
        names.forEach(folder.cluster()::start);
    }
}
