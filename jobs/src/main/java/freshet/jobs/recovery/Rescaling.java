package freshet.jobs.recovery;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.Logs;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Stops the serve job with a savepoint on its way through a fixed stream and goes on with another
 * parallelism, again and again, beliefs and memory moved; compares all it has answered with a run
 * at one parallelism. In evaluation mode both are the same bytes. Exits with 1 on any difference.
 */
@Command(
        name = "rescaling",
        mixinStandardHelpOptions = true,
        description = "Rescales the serve job and shows that its results stay the same.")
public final class Rescaling implements Callable<Integer> {

    @Option(
            names = "--pipelines",
            split = ",",
            defaultValue = "texts,images,robots",
            description = "Default ${DEFAULT-VALUE}.")
    private List<Kind> pipelines;

    @Option(
            names = "--parallelism",
            split = ",",
            defaultValue = "1,2,3,1",
            description = "One after the other; default ${DEFAULT-VALUE}.")
    private List<Integer> parallelism;

    @Option(names = "--records", defaultValue = "300", description = "From 50.")
    private int records;

    @Option(
            names = "--settings",
            split = ",",
            description = "More, as KEY=VALUE, such as a state backend.")
    private Map<String, String> more = new TreeMap<>();

    @Option(names = "--folder", description = "Of topics, savepoints and outputs.")
    private Path folder;

    private final PrintStream out = System.out;
    private int differing;

    public static void main(String[] args) {
        Logs.silent();
        System.exit(new CommandLine(new Rescaling()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = folder == null ? Files.createTempDirectory("freshet-rescaling") : folder;
        try (EmbeddedKafka broker = EmbeddedKafka.start(root.resolve("kafka"))) {
            var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            for (Kind kind : pipelines) {
                compare(kind, kafka, root);
            }
        }
        out.println(
                differing == 0
                        ? "every result is bit-identical"
                        : "%d runs differ".formatted(differing));
        return differing == 0 ? 0 : 1;
    }

    private void compare(Kind kind, KafkaAccess kafka, Path root) {
        RealStream stream = RealStream.of(kind);
        String name = "stream." + kind;
        int partitions = 2;
        stream.publish(kafka, name, partitions, records, 1);
        RunOutputs still = run(stream, name, kafka, root, parallelism.subList(0, 1));
        RunOutputs moved = run(stream, name, kafka, root, parallelism);
        String difference = moved.differenceTo(still, true);
        differing += difference == null ? 0 : 1;
        out.printf(
                "%-8s %d answers, learner %.12s, parallelism %s: %s%n",
                kind,
                moved.predictions().size(),
                moved.learnerHash(),
                parallelism,
                difference == null ? "identical" : "DIFFERS: " + difference);
        out.flush();
    }

    private RunOutputs run(
            RealStream stream, String name, KafkaAccess kafka, Path root, List<Integer> degrees) {
        String run = name + ".run-" + degrees.size();
        RunTopics topics = RunTopics.of(run);
        int answers = stream.answers(records, true);
        var runs = new RealRun(kafka, root, stream, records, more);
        for (int part = 0; ; part++) {
            var where = new RealRun.Case(degrees.get(part), 2, true, RealRun.Fault.NONE);
            Map<String, String> settings = RealRun.settings(kafka, run, stream, name, where);
            settings.putAll(more);
            try (SeparateJob job = new SeparateJob(root.resolve(run), settings, "both")) {
                job.start();
                if (part == degrees.size() - 1) {
                    return runs.finish(job, topics, true, answers);
                }
                runs.await(
                        job,
                        topics,
                        topics.predictions(),
                        (long) answers * (part + 1) / degrees.size());
                job.stop();
            }
        }
    }
}
