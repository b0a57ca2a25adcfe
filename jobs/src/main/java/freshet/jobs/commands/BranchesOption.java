package freshet.jobs.commands;

import freshet.jobs.StreamJob;
import picocli.CommandLine.Option;

/** Which branches the job has; for every command that builds one. */
final class BranchesOption {

    @Option(
            names = "--branches",
            paramLabel = "WHICH",
            defaultValue = "both",
            description =
                    "both, learn, serve or watch; both watches too; default:"
                            + " ${DEFAULT-VALUE}.")
    private StreamJob.Branches branches;

    StreamJob.Branches get() {
        return branches;
    }
}
