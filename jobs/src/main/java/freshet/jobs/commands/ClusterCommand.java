package freshet.jobs.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet cluster}: Flink and Kafka in processes of their own, to try out and to break. */
@Command(
        name = "cluster",
        description = {
            "Flink and Kafka on this machine as they are on many: job manager, task managers,",
            "ZooKeeper and brokers in processes of their own, to try jobs out on, and to break."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ClusterUpCommand.class,
            ClusterStatusCommand.class,
            ClusterSubmitCommand.class,
            ClusterKillCommand.class,
            ClusterStartCommand.class,
            ClusterDownCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  freshet cluster up --task-managers 2",
            "  freshet cluster submit --branches learn",
            "  freshet cluster submit --branches serve -D serve.parallelism=2",
            "  freshet cluster kill taskmanager-1",
            "  freshet cluster status",
            "  freshet cluster start taskmanager-1",
            "  freshet cluster down"
        })
public final class ClusterCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
