package freshet.learners.stability.rules;

import static freshet.learners.stability.rules.Reports.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import freshet.learners.Saved;
import freshet.learners.tensor.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatchStateTest {

    /** Each kind once, at every sort of place. */
    private static final String EVERY_KIND =
            """
            rules:
              NONFINITE: {severity: page, message: m, warmUp: 0, when: {kind: nonFinite, signal: "*"}}
              SPIKE:
                severity: page
                message: m
                warmUp: 20
                coolDown: 5
                clearFor: 3
                when:
                  - {kind: robustZ, signal: lossNats, log: true, above: 5, window: 30}
                  - {kind: robustZ, signal: gradientNorm, above: 3, window: 30, remember: 10}
              LEVEL: {severity: warn, message: m, warmUp: 0, when: {kind: threshold, signal: lossNats, above: 3.2}}
              FALLEN:
                severity: high
                message: m
                warmUp: 0
                clearFor: 2
                when:
                  - {kind: threshold, signal: attentionEntropyNormalised, below: 0.3}
                  - {kind: ratio, signal: attentionEntropyNormalised, below: 0.5, recent: 2, window: 20, opens: true}
              FALLEN_LAYER:
                severity: page
                message: m
                warmUp: 0
                headShare: 0.3
                when: {kind: ratio, signal: attentionEntropyNormalised, below: 0.5, window: 20}
              FINE:
                severity: info
                message: m
                for: 15
                suppresses: [FALLEN, FALLEN_LAYER]
                when: {kind: threshold, signal: attentionEntropyNormalised, below: 0.3}
              GROWS: {severity: warn, message: m, warmUp: 0, when: {kind: growth, signal: gradientNorm, window: 10, above: 20}}
              CLIPS: {severity: warn, message: m, warmUp: 0, when: {kind: share, signal: clipped, window: 20, above: 0.3}}
              DIVERGES:
                severity: page
                message: m
                when: {kind: averages, signal: lossNats, fast: 5, slow: 30, above: 1.1}
              DRIFTS:
                severity: warn
                message: m
                warmUp: 0
                need: 2
                when:
                  - {kind: drift, signal: lossNats, detector: adwin, remember: 100}
                  - {kind: drift, signal: lossNats, detector: pageHinkley, threshold: 3, remember: 100}
                  - {kind: drift, signal: lossNats, detector: kswin, window: 40, newest: 15, remember: 100}
                  - {kind: drift, signal: clipped, detector: ddm, remember: 100}
              GAP:
                severity: high
                message: m
                warmUp: 0
                part: publication
                when:
                  kind: change
                  signal: probeLossNats
                  minus: lossNats
                  minusPart: learner
                  smooth: 3
                  window: 10
                  least: 3
                  above: 0.5
              SILENT: {severity: high, message: m, part: publication, silence: {eventTimeSeconds: 30}}
            """;

    /**
     * A run in which heads fall and rise, the loss spikes and drifts, and one part falls silent.
     */
    static List<Report> run(int updates) {
        var random = new CounterRandom(7, 0, 0);
        List<Report> reports = new ArrayList<>();
        for (int number = 1; number <= updates; number++) {
            double loss = 3 + 0.05 * random.nextGaussian() + (number % 97 > 90 ? 2 : 0);
            loss += number > 250 ? 0.6 : 0;
            List<Measurement> points = new ArrayList<>();
            points.add(Measurement.of("lossNats", number == 333 ? Double.NaN : loss));
            double norm = Math.exp(0.1 * random.nextGaussian() + (number % 97 > 88 ? 2 : 0));
            points.add(Measurement.of("gradientNorm", norm));
            points.add(
                    Measurement.of(
                            "clipped", random.nextDouble() < 0.003 * (number % 200) ? 1 : 0));
            for (int layer = 0; layer < 2; layer++) {
                for (int head = 0; head < 3; head++) {
                    boolean fallen =
                            number / 40 % 3 == head && layer == 1 || head == 2 && layer == 0;
                    double entropy = (fallen ? 0.1 : 0.7) + 0.02 * random.nextGaussian();
                    points.add(at("attentionEntropyNormalised", layer, head, entropy));
                }
            }
            var records = LearnedRecords.ofEach(List.of("mill/" + number));
            reports.add(new Report("learner", number, 1_000L * number, points, records));
            if (number % 8 == 0 && (number < 150 || number > 240)) {
                double probe = 4 + 0.02 * random.nextGaussian() + (number > 300 ? 1 : 0);
                var point = List.of(Measurement.of("probeLossNats", probe));
                reports.add(new Report("publication", number, 1_000L * number, point));
            }
        }
        return reports;
    }

    private static List<Alarm> take(Watch watch, Report report) {
        watch.at(report.eventTimeMillis(), 0);
        List<Alarm> alarms = new ArrayList<>(watch.silent());
        alarms.addAll(watch.add(report));
        return alarms;
    }

    private static List<Alarm> alarms(List<Report> reports) {
        var watch = new Watch(Reports.rules(EVERY_KIND), "text");
        List<Alarm> alarms = new ArrayList<>();
        reports.forEach(report -> alarms.addAll(take(watch, report)));
        return alarms;
    }

    @Test
    void everyKindFiresInTheRun() {
        assertThat(alarms(run(500)))
                .extracting(Alarm::rule)
                .contains(Reports.rules(EVERY_KIND).names().toArray(String[]::new));
    }

    @Test
    void aWatchThatIsRestoredAtAnyPointRaisesTheSameAlarms() {
        RuleSet rules = Reports.rules(EVERY_KIND);
        List<Alarm> undisturbed = alarms(run(500));
        List<Alarm> resumed = new ArrayList<>();
        var watch = new Watch(rules, "text");
        for (Report report : run(500)) {
            if (report.number() % 4 > 0) {
                resumed.addAll(take(watch, report));
                continue;
            }
            byte[] state = watch.snapshot();
            watch = new Watch(rules, "text");
            watch.restore(state);
            assertThat(watch.snapshot()).isEqualTo(state);
            resumed.addAll(take(watch, report));
        }
        assertThat(resumed).isEqualTo(undisturbed);
    }

    @Test
    void noIncidentIsOpenedTwiceOrEndedTwice() {
        List<String> open = new ArrayList<>();
        for (Alarm alarm : alarms(run(500))) {
            assertThat(open.contains(alarm.dedupeKey())).isEqualTo(alarm.resolved());
            if (!open.remove(alarm.dedupeKey())) {
                open.add(alarm.dedupeKey());
            }
        }
    }

    /**
     * Reports permuted within a lateness: what comes after a higher number of its part changes
     * nothing, so the alarms are those of the reports that were in time.
     */
    @Test
    void lateAndRepeatedReportsChangeNothing() {
        for (int seed = 0; seed < 5; seed++) {
            var random = new CounterRandom(seed, 1, 0);
            List<Report> permuted = new ArrayList<>(run(300));
            double[] keys = new double[permuted.size()];
            Integer[] order = new Integer[keys.length];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = i + 3 * random.nextDouble();
                order[i] = i;
            }
            Arrays.sort(order, Comparator.comparingDouble(i -> keys[i]));
            List<Report> sent = new ArrayList<>();
            for (int i : order) {
                sent.addAll(
                        Collections.nCopies(random.nextDouble() < 0.1 ? 2 : 1, permuted.get(i)));
            }
            List<Report> inTime = new ArrayList<>();
            Map<String, Long> newest = new HashMap<>();
            for (Report report : sent) {
                Long last = newest.get(report.part());
                if (last == null || last < report.number()) {
                    newest.put(report.part(), report.number());
                    inTime.add(report);
                }
            }
            assertThat(inTime.size()).isLessThan(sent.size() - 50);
            var watch = new Watch(Reports.rules(EVERY_KIND), "text");
            List<Alarm> alarms = new ArrayList<>();
            sent.forEach(report -> alarms.addAll(watch.add(report)));
            var clean = new Watch(Reports.rules(EVERY_KIND), "text");
            List<Alarm> expected = new ArrayList<>();
            inTime.forEach(report -> expected.addAll(clean.add(report)));

            assertThat(alarms).isEqualTo(expected);
            assertThat(watch.late()).isEqualTo(sent.size() - inTime.size());
        }
    }

    /** Four values a point, in one point or in those of three subtasks; their sums are exact. */
    @Test
    void pointsOfSeveralSubtasksInOneReportAreOnePoint() {
        var whole = new Watch(Reports.rules(EVERY_KIND), "text");
        var parts = new Watch(Reports.rules(EVERY_KIND), "text");
        List<Alarm> ofWhole = new ArrayList<>();
        List<Alarm> ofParts = new ArrayList<>();
        for (Report report : run(500)) {
            List<Measurement> merged = new ArrayList<>();
            List<Measurement> apart = new ArrayList<>();
            for (Measurement point : report.points()) {
                if (!Double.isFinite(point.sum())) {
                    merged.add(point);
                    apart.add(point);
                    continue;
                }
                double spread = 0x1p-10;
                double value = Math.rint(point.sum() / spread) * spread;
                merged.add(of(point, 4, 4 * value, value - 2 * spread, value + 2 * spread));
                apart.add(of(point, 1, value - spread, value - spread, value - spread));
                apart.add(of(point, 2, 2 * value - spread, value - 2 * spread, value + spread));
                double last = value + 2 * spread;
                apart.add(of(point, 1, last, last, last));
            }
            ofWhole.addAll(take(whole, with(report, merged)));
            ofParts.addAll(take(parts, with(report, apart)));
        }
        // It shows single points, and merges nothing.
        ofWhole.removeIf(alarm -> alarm.rule().equals("NONFINITE"));
        ofParts.removeIf(alarm -> alarm.rule().equals("NONFINITE"));
        assertThat(ofParts).isEqualTo(ofWhole).hasSizeGreaterThan(30);
    }

    private static Measurement of(
            Measurement place, long count, double sum, double min, double max) {
        return new Measurement(place.name(), place.layer(), place.head(), count, sum, min, max);
    }

    private static Report with(Report report, List<Measurement> points) {
        return new Report(
                report.part(), report.number(), report.eventTimeMillis(), points, report.records());
    }

    @Test
    void aRuleThatHasChangedBeginsAnewAndItsIncidentsEnd() {
        var watch = new Watch(Reports.rules(EVERY_KIND), "text");
        List<Report> reports = run(260);
        reports.forEach(report -> take(watch, report));
        assertThat(watch.open()).isPositive();
        var changed =
                new Watch(Reports.rules(EVERY_KIND.replace("above: 3.2", "above: 30")), "text");
        changed.restore(watch.snapshot());
        var again = new Watch(Reports.rules(EVERY_KIND.replace("above: 3.2", "above: 30")), "text");
        again.restore(changed.snapshot());

        assertThat(again.add(new Report("memory", 1, 1, List.of())))
                .singleElement()
                .matches(Alarm::resolved)
                .matches(alarm -> alarm.dedupeKey().equals("LEVEL/text"))
                .matches(alarm -> alarm.message().contains("changed"));
        assertThat(again.open()).isEqualTo(watch.open() - 1);
    }

    /** A change that does not read this is a new format, and needs a file of its own. */
    @Test
    void goesOnFromTheStateThatIsKept() {
        byte[] saved = Saved.bytes("v2/watch.gz");
        var watch = new Watch(Reports.rules(EVERY_KIND), "text");
        watch.restore(saved);
        var straight = new Watch(Reports.rules(EVERY_KIND), "text");
        List<Report> reports = run(400);
        List<Report> before = reports.stream().filter(r -> r.number() <= 200).toList();
        before.forEach(report -> take(straight, report));
        assertThat(saved).isEqualTo(straight.snapshot());
        List<Alarm> resumed = new ArrayList<>();
        List<Alarm> undisturbed = new ArrayList<>();
        for (Report report : reports.subList(before.size(), reports.size())) {
            resumed.addAll(take(watch, report));
            undisturbed.addAll(take(straight, report));
        }
        assertThat(resumed).isEqualTo(undisturbed).isNotEmpty();
    }

    /**
     * It did not know the records; those of the next update do as well. Its last good version may
     * be newer: one that was good when it was published.
     */
    @Test
    void goesOnFromTheStateOfTheFirstFormat() {
        var watch = new Watch(Reports.rules(EVERY_KIND), "text");
        watch.restore(Saved.bytes("v1/watch.gz"));
        var straight = new Watch(Reports.rules(EVERY_KIND), "text");
        List<Alarm> resumed = new ArrayList<>();
        List<Alarm> undisturbed = new ArrayList<>();
        for (Report report : run(400)) {
            List<Alarm> alarms = take(straight, report);
            if (report.number() > 200) {
                undisturbed.addAll(alarms);
                resumed.addAll(take(watch, report));
            }
        }
        assertThat(resumed)
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("lastGoodVersion")
                .isEqualTo(undisturbed)
                .isNotEmpty();
    }

    @Test
    void stateThatIsCutShortOrOfAnotherModelIsRefused() {
        var watch = new Watch(Reports.rules(EVERY_KIND), "text");
        run(50).forEach(report -> take(watch, report));
        byte[] state = watch.snapshot();
        assertThatThrownBy(
                        () ->
                                new Watch(Reports.rules(EVERY_KIND), "text")
                                        .restore(Arrays.copyOf(state, state.length - 9)))
                .hasMessageContaining("cut short");
        assertThatThrownBy(() -> new Watch(Reports.rules(EVERY_KIND), "wide").restore(state))
                .hasMessageContaining("wide");
    }
}
