package freshet.jobs.commands;

import freshet.operators.ServingActions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code freshet models promote}: another name of {@code freshet control promote}. */
@Command(
        name = "promote",
        description = {
            "Orders predictors that try versions (serve.trial-share) to serve the candidate VERSION"
                    + " to all keys, whatever its scores. The same as: freshet control promote"
                    + " --argument version=VERSION; takes that command's options. freshet models"
                    + " rollback VERSION --served goes the other way."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  freshet models promote 656"})
public final class ModelsPromoteCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "VERSION", description = "Its number.")
    private String version;

    @Unmatched private List<String> options = new ArrayList<>();

    @Override
    public Integer call() {
        return ModelOptions.order(spec, ServingActions.PROMOTE, version, options);
    }
}
