package freshet.jobs.commands;

import freshet.jobs.cluster.ClusterSize;
import freshet.jobs.cluster.LocalCluster;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet cluster up}: starts a cluster, or what of an earlier one does not run. */
@Command(
        name = "up",
        description = {
            "Starts a cluster and returns when it serves; it runs on until cluster down.",
            "In a folder that holds one already, starts again what of it does not run."
        },
        mixinStandardHelpOptions = true)
public final class ClusterUpCommand implements Runnable {

    @Spec private CommandSpec spec;
    @Mixin private ClusterFolderOption folder;

    @Option(
            names = "--task-managers",
            paramLabel = "N",
            defaultValue = "2",
            description = "From 1.")
    private int taskManagers;

    @Option(
            names = "--slots",
            paramLabel = "N",
            defaultValue = "4",
            description = "Task slots of each task manager, from 1; default: ${DEFAULT-VALUE}.")
    private int slots;

    @Option(
            names = "--task-manager-memory",
            paramLabel = "MB",
            defaultValue = "1728",
            description = "Of each task manager's process, from 1200; default: ${DEFAULT-VALUE}.")
    private int megabytes;

    @Option(
            names = "--job-managers",
            paramLabel = "N",
            defaultValue = "1",
            description = "One leads, the others stand by; default: ${DEFAULT-VALUE}.")
    private int jobManagers;

    @Option(
            names = "--brokers",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Of Kafka, which keeps each record up to three times; 0: none, there is one"
                            + " elsewhere; default: ${DEFAULT-VALUE}.")
    private int brokers;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "One of Flink's options for all of its processes.")
    private Map<String, String> flink = new LinkedHashMap<>();

    @Override
    public void run() {
        if (taskManagers < 1 || slots < 1 || jobManagers < 1 || brokers < 0 || megabytes < 1200) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--task-managers, --slots and --job-managers must be at least 1, --brokers 0,"
                            + " --task-manager-memory 1200");
        }
        PrintWriter out = spec.commandLine().getOut();
        LocalCluster cluster =
                LocalCluster.isIn(folder.get())
                        ? folder.cluster()
                        : LocalCluster.make(
                                folder.get(),
                                new ClusterSize(
                                        jobManagers, taskManagers, slots, megabytes, brokers),
                                flink);
        cluster.startAll();
        out.printf("Flink answers at http://%s%n", cluster.flinkAddress());
        if (cluster.hasKafka()) {
            out.printf("Kafka answers at %s%n", cluster.bootstrapServers());
        }
        out.flush();
    }
}
