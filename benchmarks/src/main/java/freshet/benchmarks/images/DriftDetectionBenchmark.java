package freshet.benchmarks.images;

import freshet.benchmarks.Machine;
import freshet.benchmarks.RecordOverrides;
import freshet.benchmarks.Spread;
import freshet.benchmarks.Table;
import freshet.benchmarks.images.DriftRun.Detector;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.selftraining.SelfTrainingConfig.Drift;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.vision.DriftSchedule;
import freshet.learners.vision.ShiftScaleTurn;
import freshet.pipelines.TensorOptions;
import java.util.ArrayList;
import java.util.EnumMap;
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
    private int before = 12_800;

    @Option(
            names = "--after",
            description = "Target pictures after the shift; default ${DEFAULT-VALUE}.")
    private int after = 25_600;

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

    /** When the model learns. */
    private enum Rule {
        STAYS("never learns"),
        ALWAYS("always learns"),
        RESTARTS("always learns, starts anew on alarm"),
        ON_ALARM("learns on alarm only");

        private final String title;

        Rule(String title) {
            this.title = title;
        }
    }

    /** Of one rule, an entry a seed. */
    private static final class Results {
        final Map<Detector, List<Integer>> falseAlarms = new EnumMap<>(Detector.class);
        final Map<Detector, List<Integer>> delays = new EnumMap<>(Detector.class);
        final List<Integer> starts = new ArrayList<>();
        final List<double[]> accuracies = new ArrayList<>();

        Results() {
            for (Detector detector : Detector.values()) {
                falseAlarms.put(detector, new ArrayList<>());
                delays.put(detector, new ArrayList<>());
            }
        }
    }

    private final Map<Rule, Results> results = new EnumMap<>(Rule.class);

    @Override
    public Integer call() {
        TensorEngine engine = TensorEngines.start(TensorOptions.ENGINE.defaultValue(), 1);
        System.out.println(Machine.line());
        System.out.printf(
                "seeds %s, learner %s, changes: method %s; detectors: %s%n",
                seeds, learner.title(), method, drift(Rule.ALWAYS));
        for (Rule rule : Rule.values()) {
            results.put(rule, new Results());
        }
        for (long seed : seeds) {
            var protocol =
                    new RotationProtocol(
                            engine,
                            seed,
                            before + after,
                            RotationProtocol.GROUP,
                            ShiftScaleTurn.defaults(
                                    RotationProtocol.SIDE, RotationProtocol.SIDE, 0));
            protocol.learnSource();
            for (Rule rule : Rule.values()) {
                if (rule == Rule.STAYS || rule == Rule.ALWAYS) {
                    quiet(protocol, rule, seed);
                }
                shift(protocol, rule, seed);
            }
        }
        printAlarms();
        printAccuracies();
        return 0;
    }

    private Drift drift(Rule rule) {
        Drift standard = rule == Rule.ON_ALARM ? Drift.adaptingOnAlarm(after) : Drift.reporting();
        Drift changed = RecordOverrides.with(standard, drift);
        // Whoever always learns is restarted by doubt: features move with what is learned.
        return rule == Rule.RESTARTS
                ? RecordOverrides.with(changed, Map.of("restart", "true", "kswinAlpha", "0"))
                : changed;
    }

    private SelfTrainingConfig config(Rule rule) {
        var standard = SelfTrainingConfig.defaults(learner.method(after), 0);
        return new SelfTrainingConfig(
                standard.source(),
                rule == Rule.STAYS
                        ? SelfTrainingConfig.Method.none()
                        : RecordOverrides.with(standard.method(), method),
                standard.rates(),
                standard.guard(),
                standard.reservoirPerClass(),
                standard.seed(),
                drift(rule));
    }

    private void quiet(RotationProtocol protocol, Rule rule, long seed) {
        DriftSchedule still = DriftSchedule.turns(0, RANGE_DEGREES);
        var run = new DriftRun(protocol, still, quietRecords, config(rule));
        for (Detector detector : Detector.values()) {
            results.get(rule).falseAlarms.get(detector).add(run.alarms(detector).size());
        }
        System.out.printf(
                Locale.ROOT,
                "seed %d, no drift, %s: alarms %s, accuracy %.1f, %.0f records/s%n",
                seed,
                rule.title,
                describe(run),
                100 * run.accuracy(0, run.records()),
                run.recordsPerSecond());
    }

    private static String describe(DriftRun run) {
        var all = new TreeMap<String, List<Integer>>();
        for (Detector detector : Detector.values()) {
            all.put(detector.title(), run.alarms(detector));
        }
        return all.toString();
    }

    private void shift(RotationProtocol protocol, Rule rule, long seed) {
        int shift = before / RotationProtocol.GROUP * RotationProtocol.GROUP;
        var schedule =
                new DriftSchedule(
                        List.of(
                                DriftSchedule.Stage.turns(0, 0, RANGE_DEGREES),
                                DriftSchedule.Stage.turns(shift - 1L, 0, RANGE_DEGREES),
                                DriftSchedule.Stage.turns(
                                        shift, degrees - RANGE_DEGREES, degrees)));
        var run = new DriftRun(protocol, schedule, before + after, config(rule));
        int records = run.records();
        Results result = results.get(rule);
        result.accuracies.add(
                new double[] {
                    run.accuracy(shift - JUST_AFTER, shift),
                    run.accuracy(shift, shift + JUST_AFTER),
                    run.accuracy(end(records, shift), records),
                    run.accuracy(shift, records)
                });
        for (Detector detector : Detector.values()) {
            result.delays.get(detector).add(DriftRun.delay(run.alarms(detector), shift));
        }
        result.starts.add(run.alarms().size());
        System.out.printf(
                Locale.ROOT,
                "seed %d, shift at %d, %s: alarms %s, last %.0f %% %.1f%n",
                seed,
                shift,
                rule.title,
                describe(run),
                100 * END_SHARE,
                100 * run.accuracy(end(records, shift), records));
    }

    private static int end(int records, int shift) {
        long start = Math.round(records - END_SHARE * (records - shift));
        return (int) start / RotationProtocol.GROUP * RotationProtocol.GROUP;
    }

    private void printAlarms() {
        System.out.println();
        Table table =
                Table.start(
                        "alarms",
                        "model | detector | false alarms in %d records without drift, seed by seed | records from the shift to %.0f degrees to the alarm, seed by seed | missed"
                                .formatted(quietRecords, degrees));
        for (Rule rule : List.of(Rule.STAYS, Rule.ALWAYS)) {
            for (Detector detector : Detector.values()) {
                List<Integer> delays = results.get(rule).delays.get(detector);
                table.row(
                        "| %s | %s | %s | %s | %d of %d |",
                        rule.title,
                        detector.title(),
                        results.get(rule).falseAlarms.get(detector),
                        delays.stream().map(d -> d < 0 ? "-" : d.toString()).toList(),
                        delays.stream().filter(d -> d < 0).count(),
                        delays.size());
            }
        }
    }

    private void printAccuracies() {
        System.out.printf("%nprequential accuracy, %%: mean and standard deviation%n%n");
        Table table =
                Table.start(
                        "accuracies",
                        "model | %d records before | %d just after | last %.0f %% | all after | alarms, seed by seed"
                                .formatted(JUST_AFTER, JUST_AFTER, 100 * END_SHARE));
        results.forEach(
                (rule, result) -> {
                    var row = new StringBuilder(rule.title);
                    for (int i = 0; i < result.accuracies.get(0).length; i++) {
                        int column = i;
                        double[] values =
                                result.accuracies.stream()
                                        .mapToDouble(run -> run[column])
                                        .toArray();
                        row.append(" | ").append(Spread.percent(values));
                    }
                    table.row("%s | %s", row, result.starts);
                });
    }
}
