package freshet.benchmarks.images;

import freshet.benchmarks.Machine;
import freshet.benchmarks.RecordOverrides;
import freshet.benchmarks.Spread;
import freshet.benchmarks.images.DriftRun.Detector;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingConfig.Drift;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.vision.DriftSchedule;
import freshet.pipelines.FreshetOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Detectors in the self-training learner: false alarms, delay, and what the restart is worth. */
@Command(
        name = "drift-detection",
        mixinStandardHelpOptions = true,
        description =
                "Drift detectors on turning pictures without labels: false alarms, delay, and"
                        + " accuracy with and without a restart of the schedule.")
public final class DriftDetectionBenchmark implements Callable<Integer> {

    private static final double RANGE_DEGREES = 5;
    private static final int JUST_AFTER = 10 * RotationProtocol.GROUP;
    private static final double END_SHARE = 0.2; // of the records after the shift

    @Option(
            names = "--seeds",
            split = ",",
            description =
                    "Seeds; default ${DEFAULT-VALUE}. 1 to 9 were used for tuning: report others.")
    private List<Long> seeds = List.of(11L, 12L, 13L, 14L, 15L);

    @Option(
            names = "--quiet-records",
            description = "Target pictures without drift; default ${DEFAULT-VALUE}.")
    private int quietRecords = 50_000;

    @Option(
            names = "--before",
            description = "Target pictures before the shift; default ${DEFAULT-VALUE}.")
    private int before = 19_200;

    @Option(
            names = "--after",
            description = "Target pictures after the shift; default ${DEFAULT-VALUE}.")
    private int after = 38_400;

    @Option(names = "--degrees", description = "Of the shift; default ${DEFAULT-VALUE}.")
    private double degrees = 30;

    @Option(
            names = "--learner",
            description = "Which of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private RotationMethod learner = RotationMethod.GIFT;

    @Option(names = "--method", description = "NAME=VALUE changes a setting of the method.")
    private Map<String, String> method = new TreeMap<>();

    @Option(names = "--drift", description = "NAME=VALUE changes a setting of the detectors.")
    private Map<String, String> drift = new TreeMap<>();

    private final Map<Detector, List<Integer>> falseAlarms = new TreeMap<>();
    private final List<Integer> falseRestarts = new ArrayList<>();
    private final Map<String, List<Integer>> delays = new LinkedHashMap<>();
    private final Map<String, List<double[]>> accuracies = new LinkedHashMap<>();

    @Override
    public Integer call() {
        TensorEngine engine = TensorEngines.start(FreshetOptions.ENGINE.defaultValue(), 1);
        System.out.println(Machine.line());
        System.out.printf(
                "seeds %s, learner %s, changes: method %s; detectors: %s%n",
                seeds, learner.title(), method, settings(true));
        for (long seed : seeds) {
            var protocol = new RotationProtocol(engine, seed, after, RotationProtocol.GROUP);
            protocol.learnSource();
            if (quietRecords >= RotationProtocol.GROUP) {
                quiet(protocol, seed);
            }
            if (after >= RotationProtocol.GROUP) {
                shift(protocol, seed);
            }
        }
        printAlarms();
        printAccuracies();
        return 0;
    }

    private Drift settings(boolean restart) {
        var settings = RecordOverrides.with(Drift.defaults(), drift);
        return RecordOverrides.with(settings, Map.of("restart", String.valueOf(restart)));
    }

    private SelfTrainingConfig config(Drift detectors) {
        var standard = SelfTrainingConfig.defaults(learner.method(after), 0);
        return new SelfTrainingConfig(
                standard.source(),
                RecordOverrides.with(standard.method(), method),
                standard.rates(),
                standard.guard(),
                standard.reservoirPerClass(),
                standard.seed(),
                detectors);
    }

    private void quiet(RotationProtocol protocol, long seed) {
        DriftSchedule still = DriftSchedule.turns(0, RANGE_DEGREES);
        var watched = new DriftRun(protocol, still, quietRecords, config(settings(false)), true);
        var obeyed = new DriftRun(protocol, still, quietRecords, config(settings(true)), true);
        for (Detector detector : Detector.values()) {
            falseAlarms
                    .computeIfAbsent(detector, d -> new ArrayList<>())
                    .add(watched.alarms(detector).size());
        }
        falseRestarts.add(obeyed.alarms().size());
        System.out.printf(
                Locale.ROOT,
                "seed %d, no drift: alarms %s, restarts %s, accuracy %.1f (restarted %.1f), NC1"
                        + " %.3f, NC2 %.3f, %.0f records/s%n",
                seed,
                describe(watched),
                obeyed.alarms(),
                100 * watched.accuracy(0, watched.records()),
                100 * obeyed.accuracy(0, obeyed.records()),
                watched.telemetry().get("neuralCollapse1").mean(),
                watched.telemetry().get("neuralCollapse2").mean(),
                watched.recordsPerSecond());
    }

    private static String describe(DriftRun run) {
        var all = new TreeMap<String, List<Integer>>();
        for (Detector detector : Detector.values()) {
            all.put(detector.title(), run.alarms(detector));
        }
        return all.toString();
    }

    private void shift(RotationProtocol protocol, long seed) {
        int shift = before / RotationProtocol.GROUP * RotationProtocol.GROUP;
        int records = shift + protocol.events();
        var schedule =
                new DriftSchedule(
                        List.of(
                                DriftSchedule.Stage.turns(0, 0, RANGE_DEGREES),
                                DriftSchedule.Stage.turns(shift - 1L, 0, RANGE_DEGREES),
                                DriftSchedule.Stage.turns(
                                        shift, degrees - RANGE_DEGREES, degrees)));
        var runs = new LinkedHashMap<String, DriftRun>();
        runs.put(
                "source, untouched",
                new DriftRun(protocol, schedule, records, config(Drift.off()), false));
        runs.put(
                "no restart",
                new DriftRun(protocol, schedule, records, config(settings(false)), true));
        runs.put(
                "restart", new DriftRun(protocol, schedule, records, config(settings(true)), true));
        runs.forEach(
                (name, run) ->
                        accuracies
                                .computeIfAbsent(name, n -> new ArrayList<>())
                                .add(
                                        new double[] {
                                            run.accuracy(shift - JUST_AFTER, shift),
                                            run.accuracy(shift, shift + JUST_AFTER),
                                            run.accuracy(end(records, shift), records),
                                            run.accuracy(shift, records)
                                        }));
        for (Detector detector : Detector.values()) {
            delays.computeIfAbsent(detector.title(), d -> new ArrayList<>())
                    .add(DriftRun.delay(runs.get("no restart").alarms(detector), shift));
        }
        delays.computeIfAbsent("the rule (any, then anew)", d -> new ArrayList<>())
                .add(DriftRun.delay(runs.get("restart").alarms(), shift));
        System.out.printf(
                "seed %d, shift at %d: alarms %s, restarts %s%n",
                seed, shift, describe(runs.get("no restart")), runs.get("restart").alarms());
    }

    private static int end(int records, int shift) {
        long start = Math.round(records - END_SHARE * (records - shift));
        return (int) start / RotationProtocol.GROUP * RotationProtocol.GROUP;
    }

    private void printAlarms() {
        System.out.printf(
                Locale.ROOT,
                "%n| detector | false alarms in %d records without drift, seed by seed | delay after"
                        + " the shift to %.0f degrees, records, seed by seed | missed |%n"
                        + "|---|---|---|---|%n",
                quietRecords,
                degrees);
        delays.forEach(
                (name, each) -> {
                    List<Integer> alarms = falseRestarts;
                    for (Detector detector : Detector.values()) {
                        if (detector.title().equals(name)) {
                            alarms = falseAlarms.getOrDefault(detector, List.of());
                        }
                    }
                    System.out.printf(
                            "| %s | %s | %s | %d of %d |%n",
                            name,
                            alarms,
                            each.stream().map(d -> d < 0 ? "-" : d.toString()).toList(),
                            each.stream().filter(d -> d < 0).count(),
                            each.size());
                });
    }

    private void printAccuracies() {
        System.out.printf(
                "%nprequential accuracy, %%: mean and standard deviation%n%n| learner | %d records"
                        + " before | %d just after | last %.0f %% | all after |%n|---|---|---|---|---|%n",
                JUST_AFTER, JUST_AFTER, 100 * END_SHARE);
        accuracies.forEach(
                (name, runs) -> {
                    System.out.printf("| %s |", name);
                    for (int i = 0; i < runs.get(0).length; i++) {
                        int column = i;
                        double[] values = runs.stream().mapToDouble(run -> run[column]).toArray();
                        System.out.printf(
                                Locale.ROOT,
                                " %.1f ± %.1f |",
                                100 * Spread.mean(values),
                                100 * Spread.deviation(values));
                    }
                    System.out.println();
                });
    }
}
