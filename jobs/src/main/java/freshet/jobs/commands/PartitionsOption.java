package freshet.jobs.commands;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How many partitions topics get; for every command that makes those that are missing. */
final class PartitionsOption {

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Of the topics that are missing and made, from 1; default: ${DEFAULT-VALUE}.")
    private int partitions;

    /**
     * @throws ParameterException if it is below 1
     */
    int get() {
        if (partitions < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--partitions is %d, must be at least 1".formatted(partitions));
        }
        return partitions;
    }
}
