package freshet.jobs.commands;

import freshet.jobs.cluster.NodeProcess;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code freshet cluster kill}: ends or pauses processes of the cluster. */
@Command(
        name = "kill",
        description = "Kills or pauses processes of the cluster; cluster start brings one back.",
        mixinStandardHelpOptions = true)
public final class ClusterKillCommand implements Runnable {

    @Mixin private ClusterFolderOption folder;

    @Option(
            names = "--signal",
            paramLabel = "SIGNAL",
            defaultValue = "KILL",
            description =
                    "${COMPLETION-CANDIDATES}; STOP pauses, CONT goes on; default:"
                            + " ${DEFAULT-VALUE}.")
    private NodeProcess.Signal signal;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "As cluster status names them.")
    private List<String> names;

    @Override
    public void run() {
        names.forEach(name -> folder.cluster().signal(name, signal));
    }
}
