package freshet.jobs.recovery;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.jobs.Logs;
import freshet.jobs.cluster.ClusterSize;
import freshet.jobs.cluster.LocalCluster;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Breaks a cluster of several processes, part by part, while pipelines run on it as two jobs each,
 * and compares all that they leave in Kafka with what they left undisturbed. Exits with 1 on any
 * difference.
 */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description =
                "Kills and pauses parts of a cluster while pipelines run on it, and shows that"
                        + " their results stay the same.")
public final class Chaos implements Callable<Integer> {

    private static final long LOOK_EVERY_MILLIS = 200;

    /** After the last answer: one that has it, and one more whose commit is certainly through. */
    private static final int LAST_CHECKPOINTS = 3;

    private static final Duration RECOVERS_WITHIN = Duration.ofMinutes(4);

    @Option(
            names = "--pipelines",
            split = ",",
            defaultValue = "texts,images,robots",
            description = "Side by side; default ${DEFAULT-VALUE}.")
    private List<Kind> pipelines;

    @Option(
            names = "--records",
            defaultValue = "1500",
            description = "Of each stream in a round, from 50; default ${DEFAULT-VALUE}.")
    private int records;

    @Option(
            names = "--seconds",
            defaultValue = "60",
            description = "Rounds begin until then; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--faults",
            split = ",",
            description =
                    "In turn, in drawn order; ${COMPLETION-CANDIDATES}; default: all possible.")
    private List<ChaosFault> faults = List.of();

    @Option(
            names = "--disk",
            description =
                    "Checkpoints on a disk of their own, to fill, stall and slow it; as root.")
    private boolean hasDisk;

    @Option(names = "--clock-library", description = "libfaketime.so.1, for TURN_CLOCK.")
    private Path clockLibrary;

    @Option(names = "--brokers", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private int brokers;

    @Option(names = "--seed", defaultValue = "1")
    private long seed;

    @Option(names = "--folder", description = "Of the cluster; removed at the end.")
    private Path folder;

    private final PrintStream out = System.out;
    private final List<Double> recoveries = new ArrayList<>();
    private final List<ChaosFault> toCome = new ArrayList<>(); // over rounds: each has its turn
    private final Map<ChaosFault, Integer> struck = new EnumMap<>(ChaosFault.class);
    private ChaosStage stage;
    private LocalCluster cluster;
    private KafkaAccess kafka;
    private int differing;

    public static void main(String[] args) {
        Logs.silent();
        System.exit(new CommandLine(new Chaos()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = folder == null ? Files.createTempDirectory("freshet-chaos") : folder;
        out.printf("seed %d, %d records a stream, everything in %s%n", seed, records, root);
        // Either task manager can carry all jobs alone.
        int slots = pipelines.size() * 3;
        var size = new ClusterSize(1, 2, slots, 2600, brokers);
        try (ChaosStage made = ChaosStage.up(root, size, hasDisk, clockLibrary)) {
            stage = made;
            cluster = made.cluster();
            kafka = new KafkaAccess(cluster.bootstrapServers(), Map.of());
            run(root, possible());
        }
        if (differing == 0) {
            cluster.forget();
        }
        report();
        return differing == 0 ? 0 : 1;
    }

    private List<ChaosFault> possible() {
        List<ChaosFault> asked = faults.isEmpty() ? List.of(ChaosFault.values()) : faults;
        List<ChaosFault> possible = asked.stream().filter(one -> one.isPossible(stage)).toList();
        if (!faults.isEmpty() && possible.size() < faults.size()) {
            throw new CommandFailure(
                    "of %s only %s can be done: see --disk and --clock-library"
                            .formatted(faults, possible));
        }
        return possible;
    }

    private void run(Path root, List<ChaosFault> possible) {
        var random = new SplittableRandom(seed);
        pipelines.forEach(kind -> ChaosJob.publish(kind, kafka, records, seed));
        long begun = System.nanoTime();
        Map<Kind, RunOutputs> undisturbed = round(root, "undisturbed", List.of(), random);
        undisturbed.forEach(
                (kind, outputs) ->
                        out.printf(
                                "  %-8s learner %.12s, %d model records, %d answers%n",
                                kind,
                                outputs.learnerHash(),
                                outputs.models().size(),
                                outputs.predictions().size()));
        out.printf("undisturbed: %.0f s%n", secondsSince(begun));
        begun = System.nanoTime();
        for (int round = 1; secondsSince(begun) < seconds; round++) {
            long roundBegun = System.nanoTime();
            Map<Kind, RunOutputs> outputs = round(root, "round-" + round, possible, random);
            outputs.forEach((kind, broken) -> judge(kind, broken, undisturbed.get(kind)));
            out.printf("round %d: %.0f s%n", round, secondsSince(roundBegun));
        }
    }

    private void judge(Kind kind, RunOutputs broken, RunOutputs undisturbed) {
        String difference = broken.differenceTo(undisturbed, true);
        differing += difference == null ? 0 : 1;
        out.printf(
                "  %-8s %s%n", kind, difference == null ? "identical" : "DIFFERS: " + difference);
    }

    /** All pipelines over their whole streams, side by side, with faults until they are through. */
    private Map<Kind, RunOutputs> round(
            Path root, String name, List<ChaosFault> drawnFrom, SplittableRandom random) {
        List<ChaosJob> jobs =
                pipelines.stream().map(kind -> new ChaosJob(kind, kafka, name)).toList();
        jobs.forEach(job -> job.submit(root, name, records));
        out.printf("%s: %d jobs submitted%n", name, 2 * jobs.size());
        out.flush();
        awaitProgress(jobs);
        if (!drawnFrom.isEmpty()) {
            strikeUntilThrough(drawnFrom, jobs, random);
        }
        while (!areThrough(jobs)) {
            pause(LOOK_EVERY_MILLIS);
        }
        for (int checkpoint = 0; checkpoint < LAST_CHECKPOINTS; checkpoint++) {
            awaitProgress(jobs);
        }
        jobs.forEach(job -> job.cancel(cluster));
        Map<Kind, RunOutputs> outputs = new EnumMap<>(Kind.class);
        jobs.forEach(job -> outputs.put(job.kind(), job.outputs()));
        return outputs;
    }

    /** One fault at least, however soon all is through. */
    private void strikeUntilThrough(
            List<ChaosFault> drawnFrom, List<ChaosJob> jobs, SplittableRandom random) {
        do {
            if (toCome.isEmpty()) {
                toCome.addAll(drawnFrom);
                Collections.shuffle(toCome, new Random(random.nextLong()));
            }
            strike(toCome.remove(0), jobs, random);
        } while (!areThrough(jobs));
    }

    private static boolean areThrough(List<ChaosJob> jobs) {
        return jobs.stream().allMatch(ChaosJob::isThrough);
    }

    private void strike(ChaosFault fault, List<ChaosJob> jobs, SplittableRandom random) {
        pause(500 + random.nextInt(2000)); // anywhere between two checkpoints
        long begun = System.nanoTime();
        String victim = fault.strike(stage, random);
        pause(TimeUnit.SECONDS.toMillis(fault.seconds()));
        fault.mend(stage, victim);
        awaitProgress(jobs);
        double took = secondsSince(begun);
        recoveries.add(took);
        struck.merge(fault, 1, Integer::sum);
        out.printf("  %s %s: all jobs go on after %.1f s%n", fault, victim, took);
        out.flush();
    }

    /**
     * Waits until each job has ended or has a checkpoint that it did not have when this began.
     *
     * @throws IllegalStateException if one has failed for good, or they do not come back
     */
    private void awaitProgress(List<ChaosJob> jobs) {
        Map<String, Long> before = new TreeMap<>();
        long giveUp = System.nanoTime() + RECOVERS_WITHIN.toNanos();
        while (System.nanoTime() < giveUp) {
            List<LocalCluster.JobState> all = states();
            boolean allGoOn = true;
            for (ChaosJob job : jobs) {
                Optional<List<LocalCluster.JobState>> running = job.running(all);
                allGoOn &= running.isPresent();
                for (LocalCluster.JobState one : running.orElse(List.of())) {
                    before.putIfAbsent(one.id(), one.newestCheckpoint());
                    allGoOn &= goesOn(one, before.get(one.id()));
                }
            }
            if (allGoOn) {
                return;
            }
            pause(LOOK_EVERY_MILLIS);
        }
        throw new IllegalStateException("the jobs have not come back: " + states());
    }

    private static boolean goesOn(LocalCluster.JobState job, long checkpointBefore) {
        if (job.hasEnded()) {
            throw new IllegalStateException(
                    "%s %s has ended: %s".formatted(job.name(), job.id(), job.state()));
        }
        return job.newestCheckpoint() > checkpointBefore && job.state().equals("RUNNING");
    }

    private List<LocalCluster.JobState> states() {
        try {
            return cluster.jobs();
        } catch (CommandFailure e) {
            return List.of(); // no job manager runs
        }
    }

    private void report() {
        if (!recoveries.isEmpty()) {
            List<Double> sorted = recoveries.stream().sorted().toList();
            out.printf(
                    "%d faults %s; until all go on, their own time included: p50 %.1f s, longest"
                            + " %.1f s%n",
                    sorted.size(),
                    struck,
                    sorted.get(sorted.size() / 2),
                    sorted.get(sorted.size() - 1));
        }
        out.println(
                differing == 0
                        ? "every result is bit-identical"
                        : "%d results differ".formatted(differing));
    }

    private static double secondsSince(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
