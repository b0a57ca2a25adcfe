package freshet.learners.stability.rules;

import static freshet.learners.stability.rules.Reports.at;
import static freshet.learners.stability.rules.Reports.learner;
import static freshet.learners.stability.rules.Reports.rule;
import static freshet.learners.stability.rules.Reports.rules;
import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchTest {

    private static final String ENTROPY = "attentionEntropyNormalised";
    private static final String COLLAPSE =
            """
            severity: high
            warmUp: 0
            clearFor: 2
            coolDown: 5
            when:
              - {kind: threshold, signal: attentionEntropyNormalised, below: 0.1, clear: 0.15}
              - kind: ratio
                signal: attentionEntropyNormalised
                below: 0.5
                clear: 0.7
                window: 10
                least: 4
            """;

    /** Entropies of heads 0 to 3 of one layer. */
    private static Report heads(long number, double... entropies) {
        Measurement[] points = new Measurement[entropies.length];
        for (int head = 0; head < points.length; head++) {
            points[head] = at(ENTROPY, 1, head, entropies[head]);
        }
        return learner(number, points);
    }

    @Test
    void oneHeadsCollapseIsOneIncidentWithEvidence() {
        var watch = new Watch(rule(COLLAPSE), "text");
        for (int number = 1; number <= 10; number++) {
            assertThat(watch.add(heads(number, 0.6, 0.05, 0.5, 0.7))).isEmpty();
        }

        List<Alarm> alarms = watch.add(heads(11, 0.6, 0.05, 0.04, 0.7)); // head 1 always was so

        assertThat(alarms).hasSize(1);
        Alarm alarm = alarms.get(0);
        assertThat(alarm.dedupeKey()).isEqualTo("A_RULE/text/1/2");
        assertThat(alarm.resolved()).isFalse();
        assertThat(alarm.eventTimeMillis()).isEqualTo(11_000);
        assertThat(alarm.evidence()).contains(at(ENTROPY, 1, 2, 0.04));
        assertThat(alarm.message())
                .contains("told", "layer 1, head 2", "is 0.04", "below 0.1", "0.08 times");
        // It stays down: no alarm again. It comes back: over, once, and then cools down.
        for (int number = 12; number <= 14; number++) {
            assertThat(watch.add(heads(number, 0.6, 0.05, 0.04, 0.7))).isEmpty();
        }
        assertThat(watch.add(heads(15, 0.6, 0.05, 0.4, 0.7))).isEmpty();
        assertThat(watch.add(heads(16, 0.6, 0.05, 0.5, 0.7)))
                .singleElement()
                .matches(Alarm::resolved)
                .matches(over -> over.dedupeKey().equals("A_RULE/text/1/2"));
        assertThat(watch.add(heads(17, 0.6, 0.05, 0.04, 0.7))).isEmpty();
        for (int number = 18; number <= 20; number++) {
            assertThat(watch.add(heads(number, 0.6, 0.05, 0.5, 0.7))).isEmpty();
        }
        assertThat(watch.add(heads(21, 0.6, 0.05, 0.04, 0.7))).hasSize(1);
    }

    @Test
    void whatOnlyOpensAnIncidentNeedNotHoldForItToGoOn() {
        var watch =
                new Watch(rule(COLLAPSE.replace("least: 4", "least: 4\n    opens: true")), "text");
        for (int number = 1; number <= 60; number++) {
            List<Alarm> alarms = watch.add(heads(number, number <= 10 ? 0.6 : 0.05));
            assertThat(alarms).hasSize(number == 11 ? 1 : 0); // down for good: never over
        }
        assertThat(watch.add(heads(61, 0.6))).isEmpty();
        assertThat(watch.add(heads(62, 0.6))).singleElement().matches(Alarm::resolved);
    }

    @Test
    void aShareOfALayersHeadsIsOneIncidentOfTheLayer() {
        var watch = new Watch(rule(COLLAPSE + "headShare: 0.5\n"), "text");
        for (int number = 1; number <= 10; number++) {
            watch.add(heads(number, 0.6, 0.6, 0.5, 0.7));
        }
        assertThat(watch.add(heads(11, 0.6, 0.6, 0.04, 0.7))).isEmpty();

        assertThat(watch.add(heads(12, 0.02, 0.6, 0.04, 0.7)))
                .singleElement()
                .satisfies(
                        alarm -> {
                            assertThat(alarm.dedupeKey()).isEqualTo("A_RULE/text/1");
                            assertThat(alarm.message()).contains("2 of 4 heads");
                            assertThat(alarm.evidence())
                                    .extracting(Measurement::head)
                                    .containsOnly(0, 2);
                        });
    }

    @Test
    void theGradientMayJumpBeforeTheLossButNotAfterIt() {
        RuleSet rules =
                rule(
                        """
                        severity: page
                        warmUp: 0
                        when:
                          - {kind: threshold, signal: lossNats, above: 5}
                          - {kind: threshold, signal: gradientNorm, above: 5, remember: 10}
                        """);
        assertThat(openedAt(rules, 21, 11)).containsExactly(21L);
        assertThat(openedAt(rules, 22, 11)).isEmpty();
        assertThat(openedAt(rules, 21, 21)).containsExactly(21L);
        assertThat(openedAt(rules, 21, 22)).isEmpty();
    }

    private static List<Alarm> tell(Watch watch, long streamNow, long wallNow) {
        watch.at(streamNow, wallNow);
        return watch.silent();
    }

    private static List<Long> openedAt(RuleSet rules, long lossJumps, long gradientJumps) {
        var watch = new Watch(rules, "text");
        return LongStream.rangeClosed(1, 40)
                .filter(
                        number -> {
                            var loss = Measurement.of("lossNats", number == lossJumps ? 9 : 1);
                            var norm =
                                    Measurement.of("gradientNorm", number == gradientJumps ? 9 : 1);
                            return watch.add(learner(number, loss, norm)).stream()
                                    .anyMatch(alarm -> !alarm.resolved());
                        })
                .boxed()
                .toList();
    }

    @Test
    void aHeadThatAlwaysWasSharpKeepsItsRuleQuiet() {
        RuleSet rules =
                rules(
                        """
                        rules:
                          LOW:
                            severity: high
                            message: told
                            warmUp: 20
                            when: {kind: threshold, signal: attentionEntropyNormalised, below: 0.1}
                          LOW_LAYER:
                            severity: page
                            message: told
                            warmUp: 20
                            headShare: 0.5
                            when: {kind: threshold, signal: attentionEntropyNormalised, below: 0.1}
                          FINE:
                            severity: info
                            message: told
                            warmUp: 0
                            for: 10
                            suppresses: [LOW, LOW_LAYER]
                            when: {kind: threshold, signal: attentionEntropyNormalised, below: 0.1}
                        """);
        var watch = new Watch(rules, "text");
        List<String> keys = new ArrayList<>();
        for (int number = 1; number <= 30; number++) {
            watch.add(heads(number, 0.05, 0.6)).forEach(alarm -> keys.add(alarm.dedupeKey()));
        }
        assertThat(keys).containsExactly("FINE/text/1/0");
        watch.add(heads(31, 0.05, 0.05)).forEach(alarm -> keys.add(alarm.dedupeKey()));
        assertThat(keys).containsExactly("FINE/text/1/0", "LOW/text/1/1", "LOW_LAYER/text/1");
    }

    @Test
    void levelsAreIncidentsOfTheirOwn() {
        RuleSet rules =
                rules(
                        """
                        rules:
                          MAX_LOGIT:
                            message: told
                            warmUp: 0
                            when: {kind: threshold, signal: attentionMaxLogit, field: max}
                            levels: {warn: 50, page: 100}
                        """);
        var watch = new Watch(rules, "text");
        assertThat(watch.add(learner(1, at("attentionMaxLogit", 0, 1, 60))))
                .extracting(Alarm::dedupeKey, Alarm::severity)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "MAX_LOGIT:WARN/text/0/1", Severity.WARN));
        assertThat(watch.add(learner(2, at("attentionMaxLogit", 0, 1, 600))))
                .extracting(Alarm::dedupeKey, Alarm::rule)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "MAX_LOGIT:PAGE/text/0/1", "MAX_LOGIT"));
    }

    /** The loss on what is learned falls, that on the probe does not: the source is frozen. */
    @Test
    void seriesOfTwoPartsAreTakenOffEachOther() {
        RuleSet rules =
                rule(
                        """
                        severity: high
                        warmUp: 0
                        part: publication
                        when:
                          kind: change
                          signal: probeLossNats
                          minus: lossNats
                          minusPart: learner
                          smooth: 2
                          window: 10
                          least: 3
                          above: 1
                        """);
        var watch = new Watch(rules, "text");
        List<Alarm> alarms = new ArrayList<>();
        for (int number = 1; number <= 60; number++) {
            double loss = number <= 30 ? 3 : 3 - 0.1 * (number - 30);
            alarms.addAll(watch.add(learner(number, "lossNats", loss)));
            if (number % 2 == 0) {
                var probe = List.of(Measurement.of("probeLossNats", 4));
                alarms.addAll(watch.add(new Report("publication", number, number, probe)));
            }
        }
        // The gap was 1; at update 42 it is 4 - (1.8 + 1.9) / 2 = 2.15, 1.1 above its past.
        assertThat(alarms).hasSize(1);
        assertThat(alarms.get(0).modelVersion()).isEqualTo(42);
        assertThat(alarms.get(0).lastGoodVersion()).isEqualTo(22); // has stood 20 updates
    }

    /** Of a part that learns nothing it names the records that the learner was at. */
    @Test
    void anAlarmNamesTheReportAndTheRecordsThatTheLearnerWasAt() {
        RuleSet rules =
                rules(
                        """
                        rules:
                          LOSS: {severity: high, message: told, warmUp: 0, when: {kind: threshold, signal: lossNats, above: 5}}
                          PROBE:
                            severity: high
                            message: told
                            warmUp: 0
                            part: publication
                            when: {kind: threshold, signal: probeLossNats, above: 5}
                        """);
        var watch = new Watch(rules, "text");
        var first = LearnedRecords.ofEach(List.of("mill/7"));
        var next = LearnedRecords.ofEach(List.of("mill/8"));
        var high = List.of(Measurement.of("lossNats", 6));
        List<Alarm> ofLoss = watch.add(new Report("learner", 3, 30, high, first));
        watch.add(new Report("learner", 4, 40, high, next));
        var probe = List.of(Measurement.of("probeLossNats", 6));
        List<Alarm> ofProbe = watch.add(new Report("publication", 16, 40, probe));

        assertThat(ofLoss.get(0))
                .extracting(Alarm::part, Alarm::number, Alarm::records)
                .containsExactly("learner", 3L, first);
        assertThat(ofProbe.get(0))
                .extracting(Alarm::part, Alarm::number, Alarm::records)
                .containsExactly("publication", 16L, next);
    }

    @Test
    void pointsOfHeadsAreMergedByTheirSums() {
        RuleSet rules =
                rule(
                        """
                        severity: high
                        warmUp: 0
                        when:
                          kind: threshold
                          signal: attentionEntropyNormalised
                          over: model
                          below: 0.3
                        """);
        var watch = new Watch(rules, "text");
        // (1 * 0.9 + 9 * 0.2) / 10 = 0.27, where the mean of the means is 0.55.
        var few = new Measurement(ENTROPY, 0, 0, 1, 0.9, 0.9, 0.9);
        var many = new Measurement(ENTROPY, 0, 1, 9, 1.8, 0.1, 0.3);
        assertThat(watch.add(learner(1, few, many)))
                .singleElement()
                .satisfies(
                        alarm ->
                                assertThat(alarm.evidence())
                                        .containsExactly(
                                                new Measurement(
                                                        ENTROPY, -1, -1, 10, 2.7, 0.1, 0.9)));
    }

    @Test
    void theLowestHeadIsNamed() {
        RuleSet rules =
                rule(
                        """
                        severity: high
                        warmUp: 0
                        when:
                          kind: threshold
                          signal: attentionEntropyNormalised
                          field: lowest
                          over: model
                          below: 0.3
                        """);
        assertThat(new Watch(rules, "text").add(heads(1, 0.5, 0.2, 0.25)))
                .singleElement()
                .satisfies(
                        alarm ->
                                assertThat(alarm.evidence())
                                        .containsExactly(at(ENTROPY, 1, 1, 0.2)));
    }

    @Test
    void silenceIsToldInTheStreamsTimeAndOnTheWall() {
        RuleSet rules =
                rule(
                        "severity: high\nsilence: {eventTimeSeconds: 10, processingTimeSeconds: 60}\n");
        var watch = new Watch(rules, "text");
        assertThat(tell(watch, 0, 500_000)).isEmpty();
        watch.add(learner(1, "lossNats", 1)); // event time 1 s
        assertThat(watch.nextStreamDeadline()).isEqualTo(11_000);
        assertThat(watch.nextWallDeadline()).isEqualTo(560_000);
        assertThat(tell(watch, 10_999, 500_001)).isEmpty();
        assertThat(tell(watch, 11_000, 500_001)).hasSize(1);
        assertThat(tell(watch, 90_000, 600_000)).isEmpty(); // told once
        assertThat(watch.add(learner(2, "lossNats", 1))).singleElement().matches(Alarm::resolved);
        // The learner is behind the stream, but speaks: no silence.
        assertThat(tell(watch, 95_000, 600_001)).isEmpty();
        assertThat(tell(watch, 95_000, 660_000)).hasSize(1);
    }

    @Test
    void aRestartIsNoSilence() {
        RuleSet rules = rule("severity: high\nsilence: {processingTimeSeconds: 60}\n");
        var before = new Watch(rules, "text");
        tell(before, 0, 1_000);
        before.add(learner(1, "lossNats", 1));
        var after = new Watch(rules, "text");
        after.restore(before.snapshot());
        assertThat(tell(after, 0, 900_000)).isEmpty();
        assertThat(tell(after, 0, 959_999)).isEmpty();
        assertThat(tell(after, 0, 960_000)).hasSize(1);
    }

    @Test
    void warmUpCountsFromTheFirstNumber() {
        RuleSet rules =
                rule(
                        "severity: high\nwarmUp: 5\nwhen: {kind: threshold, signal: lossNats, above: 5}\n");
        var watch = new Watch(rules, "text");
        List<Long> fired = new ArrayList<>();
        for (long number = 1_000; number < 1_010; number++) {
            if (!watch.add(learner(number, "lossNats", 9)).isEmpty()) {
                fired.add(number);
            }
        }
        assertThat(fired).containsExactly(1_005L);
    }

    /**
     * Each robot apart, by the default rules: a blind camera, one that hangs, a fall, slow steps.
     */
    @ParameterizedTest
    @CsvSource({
        "robot:arm, surpriseNats, 15, 6, ROBOT_BLIND",
        "robot:arm, surpriseNats, 15, 40, ROBOT_SURPRISED",
        "robot:arm, pictureRepeated, 0, 1, ROBOT_CAMERA_HANGS",
        "robot:arm, reward, 0.8, 0.3, ROBOT_EARNS_LESS",
        "pace, stepTimeMicros, 25000, 33000, SLOW",
    })
    void theDefaultRulesKnowRobotsAndPace(
            String part, String name, double before, double after, String rule) {
        var watch = new Watch(RuleSource.defaults().read(), "robot");
        Map<String, Long> opened = new TreeMap<>();
        int times = part.equals("pace") ? 50 : 1; // their numbers are updates
        for (int i = 0; i < 120; i++) {
            double value = (i < 60 ? before : after) * (1 + 0.1 * (i % 3 - 1));
            for (String one : part.equals("pace") ? List.of(part) : List.of(part, "robot:leg")) {
                double its = one.equals("robot:leg") ? before : value;
                var report =
                        new Report(one, (long) i * times, i, List.of(Measurement.of(name, its)));
                for (Alarm alarm : watch.add(report)) {
                    assertThat(alarm.dedupeKey()).doesNotContain("leg");
                    opened.putIfAbsent(alarm.rule(), (long) i);
                }
            }
        }
        assertThat(opened).containsOnlyKeys(rule);
        assertThat(opened.get(rule)).isBetween(60L, 80L);
    }

    /**
     * By the default rules: a source that sends one text again and again; a book of lists that
     * lowers the loss; logs that repeat themselves always, of which the loss falls.
     */
    @ParameterizedTest
    @CsvSource({"0, 1, true", "0.02, 0.65, false", "0.9, 0.95, false"})
    void textThatComesAgainIsAnAlarmUnlessItAlwaysDid(double before, double after, boolean found) {
        var watch = new Watch(RuleSource.defaults().read(), "text");
        List<Alarm> alarms = new ArrayList<>();
        for (int number = 1; number <= 900; number++) {
            boolean changed = number > 300 && number <= 800;
            double loss = changed ? Math.max(1, 4 * Math.pow(0.98, number - 300)) : 4;
            var points =
                    List.of(
                            Measurement.of("lossNats", loss),
                            Measurement.of("repeatedNgramShare", changed ? after : before));
            watch.add(new Report("learner", number, number, points)).stream()
                    .filter(one -> one.rule().equals("FROZEN_SOURCE"))
                    .forEach(alarms::add);
        }
        if (!found) {
            assertThat(alarms).isEmpty();
            return;
        }
        // As long as it lasts, however used to it the windows are.
        assertThat(alarms).extracting(Alarm::resolved).containsExactly(false, true);
        assertThat(alarms.get(0).modelVersion()).isBetween(308L, 320L);
        assertThat(alarms.get(1).modelVersion()).isGreaterThan(800);
    }
}
