package freshet.jobs.commands;

import picocli.CommandLine.Command;

/** {@code freshet models}: the versions in the models topic; without a subcommand, their list. */
@Command(
        name = "models",
        description = "Lists model versions, newest first; its subcommands work on single ones.",
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {
            ModelsListCommand.class,
            ModelsShowCommand.class,
            ModelsDiffCommand.class,
            ModelsExportCommand.class,
            ModelsImportCommand.class,
            ModelsPromoteCommand.class,
            ModelsRollbackCommand.class,
            ModelsPruneCommand.class
        },
        footer = {
            "",
            "SCORE is the learner's own, in bits per token, over the updates since the version",
            "before, each batch scored before it was learned.",
            "",
            "Examples:",
            "  freshet models",
            "  freshet models --model text --limit 1 --json",
            "  freshet models show newest",
            "  freshet models diff 640 656",
            "  freshet models export 656 --to text-656.safetensors",
            "  freshet models import text-656.safetensors --model text",
            "  freshet models promote 656",
            "  freshet models rollback 640",
            "  freshet models prune --keep 10 --older-than 7d --dry-run"
        })
public final class ModelsCommand extends ModelsListing {}
