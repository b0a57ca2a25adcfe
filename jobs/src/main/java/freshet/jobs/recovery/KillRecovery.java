package freshet.jobs.recovery;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.Logs;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Kills the job's process with SIGKILL, or fails it by an exception, at random but seeded moments,
 * lets it recover, and compares all it has written to Kafka with an undisturbed run. Exits with 1
 * on any difference.
 */
@Command(
        name = "kill-recovery",
        mixinStandardHelpOptions = true,
        description = "Breaks the job on a real Kafka and shows that its results stay the same.")
public final class KillRecovery implements Callable<Integer> {

    @Option(
            names = "--pipeline",
            defaultValue = "texts",
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Kind pipeline;

    @Option(names = "--parallelism", split = ",", defaultValue = "1,2,3")
    private List<Integer> parallelism;

    @Option(names = "--partitions", split = ",", defaultValue = "1,4")
    private List<Integer> partitions;

    @Option(names = "--modes", split = ",", defaultValue = "live,evaluation")
    private List<String> modes;

    @Option(names = "--faults", split = ",", defaultValue = "KILL,EXCEPTION")
    private List<RealRun.Fault> faults;

    @Option(names = "--records", defaultValue = "300", description = "From 50.")
    private int records;

    @Option(names = "--kills", defaultValue = "2", description = "A run, from 1.")
    private int kills;

    @Option(names = "--seed", defaultValue = "1")
    private long seed;

    @Option(
            names = "--settings",
            split = ",",
            description = "Of the jobs, beyond ours, as KEY=VALUE.")
    private Map<String, String> more = new TreeMap<>();

    @Option(names = "--folder", description = "Of topics, checkpoints and outputs.")
    private Path folder;

    private PrintStream out = System.out;
    private int differing;

    public static void main(String[] args) {
        Logs.silent();
        System.exit(new CommandLine(new KillRecovery()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = folder == null ? Files.createTempDirectory("freshet-kill") : folder;
        out.printf("seed %d, %d records, everything in %s%n", seed, records, root);
        try (EmbeddedKafka broker = EmbeddedKafka.start(root.resolve("kafka"))) {
            compareAll(new KafkaAccess(broker.bootstrapServers(), Map.of()), root);
        }
        out.println(
                differing == 0
                        ? "every result is bit-identical"
                        : "%d runs differ".formatted(differing));
        return differing == 0 ? 0 : 1;
    }

    private void compareAll(KafkaAccess kafka, Path root) {
        RealStream stream = RealStream.of(pipeline);
        var runs = new RealRun(kafka, root, stream, records, more);
        var random = new SplittableRandom(seed);
        Map<String, RunOutputs> undisturbed = new TreeMap<>();
        out.printf(
                "%-10s %10s %11s %9s %6s %8s %13s %14s %-12s %s%n",
                "mode",
                "partitions",
                "parallelism",
                "fault",
                "faults",
                "restored",
                "models before",
                "answers before",
                "learner",
                "against undisturbed");
        for (int count : partitions) {
            String name = "stream." + count;
            stream.publish(kafka, name, count, records, seed);
            for (String mode : modes) {
                for (int degree : parallelism) {
                    for (RealRun.Fault fault : faultsAt(mode, undisturbed)) {
                        var where =
                                new RealRun.Case(degree, count, mode.equals("evaluation"), fault);
                        String run = "%s-%d-%d-%s".formatted(mode, count, degree, fault);
                        var result =
                                runs.run(
                                        run, name, where, kills, models(mode, undisturbed), random);
                        judge(mode, where, result, undisturbed);
                    }
                }
            }
        }
    }

    private static int models(String mode, Map<String, RunOutputs> undisturbed) {
        RunOutputs outputs = undisturbed.get(mode);
        return outputs == null ? 0 : outputs.models().size();
    }

    /** The first of a mode is undisturbed; all others are compared with it. */
    private List<RealRun.Fault> faultsAt(String mode, Map<String, RunOutputs> undisturbed) {
        if (undisturbed.containsKey(mode)) {
            return faults;
        }
        var all = new ArrayList<RealRun.Fault>();
        all.add(RealRun.Fault.NONE);
        all.addAll(faults);
        return all;
    }

    private void judge(
            String mode,
            RealRun.Case where,
            RealRun.Result result,
            Map<String, RunOutputs> undisturbed) {
        RunOutputs outputs = result.outputs();
        String verdict;
        if (where.fault() == RealRun.Fault.NONE) {
            undisturbed.put(mode, outputs);
            verdict =
                    "is it: %d model records, %d predictions, %d telemetry records"
                            .formatted(
                                    outputs.models().size(),
                                    outputs.predictions().size(),
                                    outputs.telemetry().size());
        } else {
            String difference = outputs.differenceTo(undisturbed.get(mode), where.evaluation());
            if (difference == null && result.faults() == 0) {
                difference = "no fault took place";
            }
            differing += difference == null ? 0 : 1;
            verdict = difference == null ? "identical" : "DIFFERS: " + difference;
        }
        // Both modes learn the same.
        for (RunOutputs other : undisturbed.values()) {
            if (!other.learnerHash().equals(outputs.learnerHash())) {
                differing++;
                verdict += "; learner differs from that of another mode";
            }
        }
        boolean wasKilled = where.fault() == RealRun.Fault.KILL;
        out.printf(
                "%-10s %10d %11d %9s %6d %8d %13s %14s %-12s %s%n",
                mode,
                where.partitions(),
                where.parallelism(),
                where.fault(),
                result.faults(),
                result.restored(),
                wasKilled
                        ? "%d of %d".formatted(result.modelsAtKill(), outputs.models().size())
                        : "",
                wasKilled
                        ? "%d of %d".formatted(result.answersAtKill(), outputs.predictions().size())
                        : "",
                outputs.learnerHash().substring(0, 12),
                verdict);
        out.flush();
    }
}
