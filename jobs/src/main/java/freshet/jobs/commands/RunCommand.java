package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.LocalDefaults;
import freshet.jobs.LocalJob;
import freshet.jobs.StopSignal;
import freshet.jobs.StreamJob;
import freshet.jobs.Topics;
import freshet.pipelines.FreshetOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet run}: the pipeline on the user's Kafka, in this process or on a Flink cluster. */
@Command(
        name = "run",
        description = "Learns from the topic of observations and answers it, until stopped.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "In this process Ctrl-C stops it with a savepoint; --resume goes on where it stopped,",
            "also after the process was killed.",
            "",
            "Examples:",
            "  freshet run --config freshet.yaml",
            "  freshet run --resume",
            "  freshet run -D pipeline=images -D adaptation.method=balanced",
            "  freshet run --bootstrap localhost:9092 -D serve.mode=evaluation",
            "  freshet run --branches serve --folder .freshet/serve",
            "  freshet run --branches watch --folder .freshet/watch -D stability.rules=my.yaml",
            "  freshet run --flink localhost:8081"
        })
public final class RunCommand implements Runnable {

    private static final long LOOK_EVERY_MILLIS = 250;

    @Spec private CommandSpec spec;
    @Mixin private SettingsOptions settings;
    @Mixin private BranchesOption branches;
    @Mixin private PartitionsOption partitions;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            defaultValue = ".freshet/run",
            description = "Where checkpoints and savepoints go; default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Option(
            names = "--resume",
            description = "Go on from the newest savepoint or checkpoint in the folder.")
    private boolean resume;

    @Option(
            names = "--flink",
            paramLabel = "HOST:PORT",
            description = {
                "Submit to the Flink cluster whose REST address this is, and return.",
                "What it needs once: docs/flink-cluster.md."
            })
    private String flink;

    @Override
    public void run() {
        int made = partitions.get();
        if (flink != null && resume) {
            throw misuse(
                    "--resume is for this process; on a cluster set"
                            + " -D execution.state-recovery.path=PATH");
        }
        Configuration configuration = settings.read();
        FreshetOptions.check(configuration); // a bad option stops before anything is touched
        if (flink == null) {
            prepareFolder();
            Topics.prepare(SettingsOptions.kafka(configuration), configuration, made);
            runHere(configuration);
        } else {
            new Submission(configuration, branches.get())
                    .to(flink, made, spec.commandLine().getOut());
        }
    }

    private void prepareFolder() {
        try {
            Files.createDirectories(folder);
            if (!Files.isWritable(folder)) {
                throw new CommandFailure("folder %s is not writable".formatted(folder));
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    "folder %s is not writable: %s %s"
                            .formatted(folder, e.getClass().getSimpleName(), e.getMessage()),
                    e);
        }
    }

    private void runHere(Configuration configuration) {
        PrintWriter out = spec.commandLine().getOut();
        LocalDefaults.fill(configuration, folder);
        if (resume && !LocalJob.resume(configuration, folder)) {
            throw new CommandFailure(
                    "nothing to resume in %s; start without --resume".formatted(folder));
        }
        if (!resume && LocalJob.newestState(folder).isPresent()) {
            throw new CommandFailure(
                    "folder %s holds the state of an earlier run: --resume goes on from it, another --folder starts anew"
                            .formatted(folder));
        }
        StopSignal stop = StopSignal.install();
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        StreamJob.build(env, configuration, branches.get());
        LocalJob job = LocalJob.start(env, "freshet");
        out.printf(
                "%s from %s at %s; Ctrl-C stops with a savepoint%n",
                resume ? "going on" : "running",
                FreshetOptions.observationsTopic(configuration),
                configuration.get(FreshetOptions.BOOTSTRAP_SERVERS));
        out.flush();
        while (!stop.isWanted()) {
            if (job.awaitEnd(LOOK_EVERY_MILLIS)) {
                out.println("the job has come to the end of its input");
                return;
            }
        }
        out.println("stopping ...");
        out.flush();
        var savepoint =
                job.stop(
                        folder,
                        () -> {
                            out.println("it is still starting and can be stopped when it runs ...");
                            out.flush();
                        });
        out.println(whatIsKept(savepoint));
    }

    private String whatIsKept(Optional<String> savepoint) {
        if (savepoint.isPresent()) {
            return "savepoint %s; go on with the same command and --resume"
                    .formatted(savepoint.get());
        }
        return LocalJob.newestState(folder)
                .map(
                        state ->
                                "no savepoint could be taken: --resume goes on from %s and answers"
                                                .formatted(state)
                                        + " what came after it once more")
                .orElse(
                        "no savepoint could be taken, and no checkpoint before: start again without"
                                + " --resume");
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
