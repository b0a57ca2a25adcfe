package freshet.jobs.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code freshet cluster down}: stops all of it. */
@Command(
        name = "down",
        description = {
            "Stops the cluster; cluster up goes on with its jobs, which start again from their",
            "newest checkpoint."
        },
        mixinStandardHelpOptions = true)
public final class ClusterDownCommand implements Runnable {

    @Mixin private ClusterFolderOption folder;

    @Option(names = "--forget", description = "Also remove its folder, topics and checkpoints too.")
    private boolean forget;

    @Override
    public void run() {
        folder.cluster().down();
        if (forget) {
            folder.cluster().forget();
        }
    }
}
