package freshet.jobs.commands;

import freshet.operators.ServingActions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * {@code freshet models rollback}: another name of {@code freshet control rewind}, or with {@code
 * --served} of {@code freshet control rollback}.
 */
@Command(
        name = "rollback",
        description = {
            "Orders the learner back to the newest version up to VERSION that its state keeps"
                    + " (control.versions-kept), which it then publishes and learns on from. The"
                    + " same as: freshet control rewind --argument version=VERSION; takes that"
                    + " command's options. To a version that only the topic or a file keeps: export"
                    + " it and start anew with learning.start-from.",
            "With --served it is the predictors that go back, while versions are tried"
                    + " (serve.trial-share): to their stable VERSION, which ends the trial, or to"
                    + " the one before it. The learner goes on, and its next version is tried."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet models rollback 640 --dry-run",
            "  freshet models rollback 640 --served"
        })
public final class ModelsRollbackCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "VERSION", description = "Its number.")
    private String version;

    @Option(names = "--served", description = "Of the predictors, not of the learner.")
    private boolean served;

    @Unmatched private List<String> options = new ArrayList<>();

    @Override
    public Integer call() {
        return ModelOptions.order(
                spec, served ? ServingActions.ROLL_BACK : "rewind", version, options);
    }
}
