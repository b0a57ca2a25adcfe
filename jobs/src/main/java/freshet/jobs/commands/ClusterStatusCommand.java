package freshet.jobs.commands;

import freshet.jobs.cluster.LocalCluster;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code freshet cluster status}: which processes run, and which jobs. */
@Command(
        name = "status",
        description = "Shows the processes of the cluster and the jobs on it.",
        mixinStandardHelpOptions = true)
public final class ClusterStatusCommand implements Runnable {

    @Spec private CommandSpec spec;
    @Mixin private ClusterFolderOption folder;

    @Override
    public void run() {
        LocalCluster cluster = folder.cluster();
        PrintWriter out = spec.commandLine().getOut();
        for (LocalCluster.ProcessState process : cluster.processStates()) {
            out.printf("%-16s %-8s %s%n", process.name(), process.state(), where(process));
        }
        for (LocalCluster.JobState job : cluster.jobs()) {
            out.printf(
                    "%-16s %-8s %s, newest checkpoint %d%n",
                    job.name(),
                    job.state().toLowerCase(Locale.ROOT),
                    job.id(),
                    job.newestCheckpoint());
        }
        out.flush();
    }

    private static String where(LocalCluster.ProcessState process) {
        return process.pid() == 0
                ? "log " + process.log()
                : "process %d, log %s".formatted(process.pid(), process.log());
    }
}
