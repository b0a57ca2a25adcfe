package freshet.jobs.commands;

import picocli.CommandLine.Command;

/** {@code freshet models list}: the versions in the models topic. */
@Command(
        name = "list",
        description = "Lists model versions, newest first.",
        footer = {
            "",
            "SCORE is the learner's own, in bits per token, over the updates since the version",
            "before, each batch scored before it was learned.",
            "",
            "Examples:",
            "  freshet models list",
            "  freshet models list --model text --limit 1 --json"
        })
public final class ModelsListCommand extends ModelsListing {}
