package freshet.jobs.commands;

import freshet.jobs.LocalDefaults;
import freshet.jobs.TextJob;
import freshet.jobs.Topics;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code freshet run}: the pipeline on the user's Kafka, in this process. */
@Command(
        name = "run",
        description = "Learns from the text topic and answers it, until stopped.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet run --config freshet.yaml",
            "  freshet run --bootstrap localhost:9092 -D serve.mode=evaluation",
            "  freshet run --branches serve"
        })
public final class RunCommand implements Runnable {

    @Mixin private SettingsOptions settings;

    @Option(
            names = "--branches",
            paramLabel = "WHICH",
            defaultValue = "both",
            description = "both, learn or serve; default: ${DEFAULT-VALUE}.")
    private TextJob.Branches branches;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the topics that are missing and made; default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            defaultValue = ".freshet",
            description =
                    "Where checkpoints go unless the settings say; default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Override
    public void run() {
        Configuration configuration = settings.read();
        SettingsOptions.kafka(configuration).createTopics(Topics.of(configuration, partitions));
        LocalDefaults.fill(configuration, folder);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        TextJob.build(env, configuration, branches);
        try {
            env.execute("freshet");
        } catch (Exception e) {
            throw new IllegalStateException("the job failed: " + e.getMessage(), e);
        }
    }
}
