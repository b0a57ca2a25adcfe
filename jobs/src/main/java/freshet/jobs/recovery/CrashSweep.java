package freshet.jobs.recovery;

import freshet.jobs.Logs;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Fails a short stream's job at every record and at every barrier, or the task that answers at
 * every answer, and each time compares what was written with an undisturbed run: in evaluation mode
 * every byte, in live mode the models, which hold the learner's hash, the learner's telemetry, the
 * dead letters, and which texts were answered.
 */
@Command(
        name = "crash-sweep",
        mixinStandardHelpOptions = true,
        description = "Breaks the job everywhere and shows that its results stay the same.")
public final class CrashSweep implements Callable<Integer> {

    private static final int REPORT_EVERY = 20;

    @Option(names = "--records", defaultValue = "200", description = "From 10.")
    private int records;

    @Option(
            names = "--every",
            defaultValue = "1",
            description = "Fail at every so many-th record, barrier and answer; 1: at each.")
    private int every;

    @Option(names = "--parallelism", defaultValue = "1", description = "Of the predict branch.")
    private int parallelism;

    @Option(
            names = "--pipeline",
            defaultValue = "texts",
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Kind pipeline;

    @Option(
            names = "--faults-in",
            split = ",",
            defaultValue = "SOURCE",
            description =
                    "Which task fails: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}. Answers:"
                            + " at every answer, when it is chosen and not yet given.")
    private List<Fault.Place> places;

    @Option(names = "--modes", split = ",", defaultValue = "live,evaluation")
    private List<String> modes;

    private final PrintStream out = System.out;

    /** What a sweep found. */
    private record Outcome(int runs, int crashed, int differing) {

        Outcome and(boolean hasCrashed, boolean differs) {
            return new Outcome(
                    runs + 1, crashed + (hasCrashed ? 1 : 0), differing + (differs ? 1 : 0));
        }
    }

    /** Sweeps and exits with 1 if a run differed or did not fail. */
    public static void main(String[] args) {
        Logs.silent();
        System.exit(new CommandLine(new CrashSweep()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        boolean isGood = true;
        for (String mode : modes) {
            Outcome outcome = sweep(mode);
            out.printf(
                    "%s: %d runs, %d of them failed and recovered, %d differ%n",
                    mode, outcome.runs(), outcome.crashed(), outcome.differing());
            isGood &= outcome.differing() == 0 && outcome.crashed() == outcome.runs();
        }
        return isGood ? 0 : 1;
    }

    private Outcome sweep(String mode) throws Exception {
        boolean evaluation = mode.equals("evaluation");
        LoopbackRun.Result undisturbed =
                run(pipeline, records, parallelism, evaluation, Fault.Plan.NONE, mode);
        out.printf(
                "%s, undisturbed: %d models, %d predictions, %d telemetry records, %d barriers%n",
                mode,
                undisturbed.models().size(),
                undisturbed.predictions().size(),
                undisturbed.telemetry().size(),
                undisturbed.barriers());
        var outcome = new Outcome(0, 0, 0);
        long start = System.nanoTime();
        for (Fault.Plan fault : faults(undisturbed.predictions().size())) {
            String decisions = mode + fault;
            LoopbackRun.Result result =
                    run(pipeline, records, parallelism, evaluation, fault, decisions);
            LoopbackRun.Result expected =
                    pipeline.isCommanded()
                            ? run( // where a command holds depends on when it came
                                    pipeline,
                                    records,
                                    parallelism,
                                    evaluation,
                                    Fault.Plan.NONE,
                                    decisions)
                            : undisturbed;
            String difference = result.differenceTo(expected, evaluation);
            outcome = outcome.and(result.failed(), difference != null);
            if (difference != null || !result.failed()) {
                out.printf("%s: %s%n", fault, difference != null ? difference : "did not fail");
            }
            if (outcome.runs() % REPORT_EVERY == 0) {
                out.printf(
                        "%d runs, %d differ, %.2f s a run%n",
                        outcome.runs(),
                        outcome.differing(),
                        (System.nanoTime() - start) / 1e9 / outcome.runs());
            }
        }
        return outcome;
    }

    private List<Fault.Plan> faults(int answers) {
        List<Fault.Plan> faults = new ArrayList<>();
        if (places.contains(Fault.Place.SOURCE)) {
            add(faults, Fault.Place.SOURCE, Fault.At.RECORD, records);
            // More barriers than these come by the clock, not in every run.
            int barriers = records / LoopedPipeline.RECORDS_A_CHECKPOINT;
            add(faults, Fault.Place.SOURCE, Fault.At.BARRIER, barriers);
        }
        if (places.contains(Fault.Place.ANSWERS)) {
            add(faults, Fault.Place.ANSWERS, Fault.At.RECORD, answers);
        }
        return faults;
    }

    private void add(List<Fault.Plan> faults, Fault.Place place, Fault.At at, int last) {
        for (int number = 1; number <= last; number += every) {
            faults.add(new Fault.Plan(place, at, number));
        }
    }

    /**
     * @param decisions name of the log of commands; runs of one name decide the same
     */
    static LoopbackRun.Result run(
            Kind pipeline,
            int records,
            int parallelism,
            boolean evaluation,
            Fault.Plan fault,
            String decisions)
            throws Exception {
        String unique = "%s-%d".formatted(fault, System.nanoTime());
        LoopedPipeline looped =
                switch (pipeline) {
                    case texts -> LoopedTexts.plain(records, parallelism, evaluation);
                    case triedTexts -> LoopedTexts.tried(records, parallelism, evaluation);
                    case triedImages -> LoopedImages.tried(records, parallelism, evaluation);
                    case sharedTexts ->
                            LoopedTexts.shared(records, parallelism, evaluation, unique);
                    case commandedTexts ->
                            LoopedTexts.commanded(records, parallelism, evaluation, decisions);
                    case commandedImages ->
                            LoopedImages.commanded(records, parallelism, evaluation, decisions);
                    case images -> LoopedImages.broken(records, parallelism, evaluation);
                    case robots ->
                            new LoopedRobots(records, parallelism, evaluation, LoopedRobots.REPLAY);
                    case commandedRobots ->
                            LoopedRobots.commanded(records, parallelism, evaluation, decisions);
                    case streamingRobots ->
                            new LoopedRobots(
                                    records, parallelism, evaluation, LoopedRobots.WINDOWS);
                };
        return LoopbackRun.run(unique, looped, fault);
    }
}
