package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.StreamJob;
import freshet.jobs.graph.GraphSvg;
import freshet.jobs.graph.GraphText;
import freshet.jobs.graph.JobGraph;
import freshet.pipelines.FreshetOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet graph}: what {@code freshet run} would run with the same settings. */
@Command(
        name = "graph",
        description = "Draws the job that the settings make; needs neither Kafka nor a cluster.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet graph",
            "  freshet graph --svg graph.svg",
            "  freshet graph -D models=small;wide -D serve.parallelism=2"
        })
public final class GraphCommand implements Runnable {

    @Spec private CommandSpec spec;
    @Mixin private SettingsOptions settings;
    @Mixin private BranchesOption branches;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Write a picture as well, which any browser shows.")
    private Path svg;

    @Override
    public void run() {
        JobGraph graph = graph(settings.read(), branches.get());
        PrintWriter out = spec.commandLine().getOut();
        GraphText.lines(graph).forEach(out::println);
        if (svg != null) {
            try {
                Files.writeString(svg, GraphSvg.of(graph));
            } catch (IOException e) {
                throw new CommandFailure("%s cannot be written: %s".formatted(svg, e), e);
            }
            out.printf("picture in %s%n", svg);
        }
        out.flush();
    }

    /** Builds the job as for a run, and runs nothing. */
    static JobGraph graph(Configuration configuration, StreamJob.Branches branches) {
        if (!configuration.contains(FreshetOptions.BOOTSTRAP_SERVERS)) {
            configuration.set(FreshetOptions.BOOTSTRAP_SERVERS, "localhost:9092"); // never asked
        }
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        StreamJob.build(env, configuration, branches);
        return JobGraph.of(env.getStreamGraph(), FreshetOptions.kafka(configuration));
    }
}
