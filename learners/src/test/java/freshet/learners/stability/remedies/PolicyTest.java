package freshet.learners.stability.remedies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import freshet.learners.Saved;
import freshet.learners.stability.rules.Alarm;
import freshet.learners.stability.rules.RuleSource;
import freshet.learners.stability.rules.Severity;
import freshet.learners.tensor.CounterRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyTest {

    private static final Set<String> RULES = Set.of("HOT", "SHARP", "ODD");
    private static final Map<String, Set<String>> ACTIONS =
            Map.of(
                    "scaleLearningRate", Set.of("factor", "steps"),
                    "rewind", Set.of("version"),
                    "freeze", Set.of(),
                    "holdPublication", Set.of(),
                    "releasePublication", Set.of(),
                    "clipQueryKey", Set.of("threshold"),
                    "reparameterise", Set.of("on", "layer"));

    private static final String REMEDIES =
            """
            remedies:
              COOL:
                on: [HOT]
                patience: 10
                quiet: 5
                every: 50
                steps:
                  - scaleLearningRate: {factor: 0.3}
                  - scaleLearningRate: {factor: 0.1}
                    rewind: {version: lastGood}
                  - freeze: {}
                after:
                  scaleLearningRate: {factor: 1, steps: 20}
              BLUNT:
                on: [SHARP]
                perLayer: true
                patience: 10
                quiet: 5
                steps:
                  - reparameterise: {on: true, layer: ofIncident}
            """;

    private static Policy policy(PolicySource.Mode mode) {
        return new Policy(source(REMEDIES, mode).read(RULES, ACTIONS), "m");
    }

    private static PolicySource source(String text, PolicySource.Mode mode) {
        return new PolicySource("own.yaml", text, mode);
    }

    private static Alarm alarm(String rule, int layer, boolean over, long lastGood) {
        return new Alarm(
                rule + "/m/" + layer,
                rule,
                Severity.HIGH,
                over,
                "m",
                100,
                lastGood,
                5,
                "learner",
                5,
                "message",
                List.of(new Measurement("x", layer, -1, 1, 1, 1, 1)),
                LearnedRecords.NONE);
    }

    /** What is ordered between two updates: update, action and arguments. */
    private static List<String> run(Policy policy, long from, long to, Map<Long, Alarm> alarms) {
        List<String> orders = new ArrayList<>();
        for (long update = from; update <= to; update++) {
            if (alarms.containsKey(update)) {
                policy.note(List.of(alarms.get(update)));
            }
            for (Prescription one : policy.at(update, update)) {
                orders.add(update + " " + one.order().action() + " " + one.order().arguments());
            }
        }
        return orders;
    }

    @Test
    void aRemedyThatDoesNotHelpIsFollowedByTheNextAndTheLastStays() {
        assertThat(
                        run(
                                policy(PolicySource.Mode.ACT),
                                1,
                                100,
                                Map.of(7L, alarm("HOT", -1, false, 64))))
                .containsExactly(
                        "7 scaleLearningRate {factor=0.3}",
                        "17 scaleLearningRate {factor=0.1}",
                        "17 rewind {version=64}",
                        "27 freeze {}");
    }

    @Test
    void itBacksOffWhenAllIsQuietAndGoesOnWhereItStoodIfThatWasTooSoon() {
        Map<Long, Alarm> alarms =
                Map.of(
                        7L, alarm("HOT", -1, false, 64),
                        9L, alarm("HOT", -1, true, 64),
                        30L, alarm("HOT", -1, false, 64),
                        32L, alarm("HOT", -1, true, 64),
                        90L, alarm("HOT", -1, false, 64));
        assertThat(run(policy(PolicySource.Mode.ACT), 1, 95, alarms))
                .containsExactly(
                        "7 scaleLearningRate {factor=0.3}",
                        "13 scaleLearningRate {factor=1, steps=20}",
                        "30 scaleLearningRate {factor=0.1}",
                        "30 rewind {version=64}",
                        "36 scaleLearningRate {factor=1, steps=20}",
                        "90 scaleLearningRate {factor=0.3}");
    }

    /** A less urgent remedy of the whole model waits until all layers are free. */
    @Test
    void neverTwoAtOnceOnALayer() {
        String hotLast =
                "remedies:\n"
                        + REMEDIES.substring(REMEDIES.indexOf("  BLUNT:"))
                        + REMEDIES.substring(
                                REMEDIES.indexOf("  COOL:"), REMEDIES.indexOf("  BLUNT:"));
        Map<Long, Alarm> alarms =
                Map.of(
                        1L, alarm("SHARP", 0, false, 64),
                        2L, alarm("SHARP", 1, false, 64),
                        3L, alarm("HOT", -1, false, 64), // of all layers: must wait for both
                        20L, alarm("SHARP", 0, true, 64),
                        30L, alarm("SHARP", 1, true, 64));
        assertThat(run(new Policy(read(hotLast), "m"), 1, 40, alarms))
                .containsExactly(
                        "1 reparameterise {layer=0, on=true}",
                        "2 reparameterise {layer=1, on=true}",
                        "34 scaleLearningRate {factor=0.3}");
    }

    private static final String URGENT =
            """
            remedies:
              RESCUE:
                on: [HOT]
                patience: 10
                quiet: 5
                steps:
                  - holdPublication: {}
                    rewind: {version: lastGood}
                after:
                  releasePublication: {}
              ATTEND:
                on: [SHARP]
                patience: 10
                quiet: 5
                steps:
                  - holdPublication: {}
                    clipQueryKey: {threshold: 28}
                  - freeze: {}
                after:
                  releasePublication: {}
                  clipQueryKey: {threshold: 0}
            """;

    /** The two hold publication once each, and it is released once; 12 would be the second step. */
    @Test
    void aMoreUrgentIncidentTakesThePlaceAndOrdersInTheEndWhatTheOtherWouldHave() {
        Map<Long, Alarm> alarms =
                Map.of(
                        2L, alarm("SHARP", 1, false, 64),
                        12L, alarm("HOT", -1, false, 64),
                        15L, alarm("HOT", -1, true, 64));
        assertThat(run(new Policy(read(URGENT), "m"), 1, 300, alarms))
                .containsExactly(
                        "2 holdPublication {}",
                        "2 clipQueryKey {threshold=28}",
                        "12 holdPublication {}",
                        "12 rewind {version=64}",
                        // Quiet since 14.
                        "19 releasePublication {}",
                        "19 clipQueryKey {threshold=0}",
                        // What was taken over has lasted 150 updates longer than the step at 12,
                        // and goes on behind its first step.
                        "162 freeze {}");
    }

    /** The one that takes over clips and leaves it so; the other would lift the clip. */
    @Test
    void whatTheMoreUrgentRemedyHasSetStaysSet() {
        String clips =
                URGENT.replace(
                        "- holdPublication: {}\n        rewind: {version: lastGood}",
                        "- clipQueryKey: {threshold: 5}");
        assertThat(clips).isNotEqualTo(URGENT);
        Map<Long, Alarm> alarms =
                Map.of(
                        2L, alarm("SHARP", 1, false, 64),
                        3L, alarm("SHARP", 1, true, 64),
                        4L, alarm("HOT", -1, false, 64),
                        5L, alarm("HOT", -1, true, 64));
        assertThat(run(new Policy(read(clips), "m"), 1, 100, alarms))
                .containsExactly(
                        "2 holdPublication {}",
                        "2 clipQueryKey {threshold=28}",
                        "4 clipQueryKey {threshold=5}",
                        "9 releasePublication {}");
    }

    @Test
    void aLessUrgentIncidentAndOneThatIsOnlyProposedWait() {
        Map<Long, Alarm> alarms =
                Map.of(2L, alarm("HOT", -1, false, 64), 3L, alarm("SHARP", 1, false, 64));
        assertThat(run(new Policy(read(URGENT), "m"), 1, 100, alarms)).hasSize(2);
        String confirmed = URGENT.replace("on: [HOT]", "on: [HOT]\n    confirm: true");
        Map<Long, Alarm> turned =
                Map.of(2L, alarm("SHARP", 1, false, 64), 3L, alarm("HOT", -1, false, 64));
        assertThat(run(new Policy(read(confirmed), "m"), 1, 100, turned))
                .containsExactly(
                        "2 holdPublication {}", "2 clipQueryKey {threshold=28}", "12 freeze {}");
    }

    /** Of two that open at once the more urgent is treated, whichever rule comes first. */
    @Test
    void ofTwoThatOpenAtOnceTheMoreUrgentIsTreated() {
        var policy = new Policy(read(URGENT), "m");
        policy.note(List.of(alarm("SHARP", 1, false, 64), alarm("HOT", -1, false, 64)));
        assertThat(policy.at(3, 3))
                .extracting(Prescription::issuedBy)
                .containsOnly("policy RESCUE for HOT/m/-1");
    }

    /** Incidents at random: one that concerns the whole model is alone, and all is released. */
    @Test
    void neverTwoTreatmentsOfTheWholeModelAndNoneBesideOne() {
        String three = URGENT + REMEDIES.substring(REMEDIES.indexOf("  BLUNT:"));
        three = three.replace("BLUNT:\n    on: [SHARP]", "BLUNT:\n    on: [ODD]");
        for (int seed = 0; seed < 200; seed++) {
            var random = new CounterRandom(seed, 0, 0);
            var policy = new Policy(read(three), "m");
            List<String> open = new ArrayList<>();
            boolean held = false;
            for (long update = 1; update < 1_000; update++) {
                if (update < 400 ? random.nextDouble() < 0.1 : !open.isEmpty()) {
                    String rule = List.of("HOT", "SHARP", "ODD").get((int) random.nextLong(3));
                    int layer = (int) random.nextLong(3);
                    boolean over = open.remove(rule + layer);
                    if (!over && update < 400) {
                        open.add(rule + layer);
                    }
                    if (over || update < 400) {
                        policy.note(List.of(alarm(rule, layer, over, 64)));
                    }
                }
                String before = policy.treated().get(-1);
                boolean ended = false;
                for (Prescription one : policy.at(update, update)) {
                    ended |= one.id().contains("/-1/");
                    held |= one.order().action().equals("holdPublication");
                    held &= !one.order().action().equals("releasePublication");
                }
                Map<Integer, String> after = policy.treated();
                if (after.containsKey(-1)) {
                    assertThat(after).hasSize(1);
                }
                if (before != null && !ended) {
                    assertThat(after.get(-1)).isIn(before, "RESCUE");
                }
            }
            assertThat(open).isEmpty();
            assertThat(policy.isTreating()).isFalse();
            assertThat(held).as("seed %d", seed).isFalse();
        }
    }

    /** Its treatment of a layer owes nothing; the more urgent one that waited takes its place. */
    @Test
    void goesOnFromTheStateOfTheFirstFormat() {
        Policy policy = policy(PolicySource.Mode.ACT);
        policy.restore(Saved.bytes("v1/policy.gz"));
        assertThat(policy.treated()).containsExactly(Map.entry(2, "BLUNT"));
        assertThat(run(policy, 34, 60, Map.of(40L, alarm("HOT", -1, true, 64))))
                .containsExactly("34 freeze {}", "44 scaleLearningRate {factor=1, steps=20}");
    }

    @Test
    void goesOnFromTheStateThatIsKept() {
        var policy = new Policy(read(URGENT), "m");
        policy.note(List.of(alarm("SHARP", 1, false, 64)));
        policy.at(2, 2);
        policy.note(List.of(alarm("HOT", -1, false, 64)));
        policy.at(12, 12);
        byte[] saved = Saved.bytes("v2/policy.gz");
        assertThat(saved).isEqualTo(policy.snapshot());
        var resumed = new Policy(read(URGENT), "m");
        resumed.restore(saved);
        assertThat(run(resumed, 13, 30, Map.of(15L, alarm("HOT", -1, true, 64))))
                .containsExactly("19 releasePublication {}", "19 clipQueryKey {threshold=0}");
    }

    @Test
    void whatOpensDuringATreatmentIsAConsequenceUnlessItLasts() {
        String both = REMEDIES.replace("perLayer: true", "perLayer: false");
        Map<Long, Alarm> alarms =
                Map.of(
                        1L, alarm("HOT", -1, false, 64),
                        2L, alarm("SHARP", 1, false, 64),
                        5L, alarm("HOT", -1, true, 64));
        assertThat(run(new Policy(read(both), "m"), 1, 200, alarms))
                .containsExactly(
                        "1 scaleLearningRate {factor=0.3}",
                        "9 scaleLearningRate {factor=1, steps=20}",
                        "151 reparameterise {layer=1, on=true}");
    }

    @Test
    void whatHasNoRemedyOrNoGoodVersionIsLeftOut() {
        Map<Long, Alarm> alarms =
                Map.of(1L, alarm("ODD", -1, false, 64), 2L, alarm("HOT", -1, false, -1));
        assertThat(run(policy(PolicySource.Mode.ACT), 1, 15, alarms))
                .containsExactly(
                        "2 scaleLearningRate {factor=0.3}", "12 scaleLearningRate {factor=0.1}");
    }

    @Test
    void proposalsAreTrialsAndOffIsOff() {
        Policy proposing = policy(PolicySource.Mode.PROPOSE);
        proposing.note(List.of(alarm("HOT", -1, false, 64)));
        List<Prescription> proposed = proposing.at(3, 5);
        assertThat(proposed).hasSize(1);
        assertThat(proposed.get(0).proposed()).isTrue();
        assertThat(proposed.get(0).id()).isEqualTo("m/COOL/3/0/scaleLearningRate");
        assertThat(proposed.get(0).issuedBy()).isEqualTo("policy COOL for HOT/m/-1");
        assertThat(run(policy(PolicySource.Mode.OFF), 1, 9, Map.of(1L, alarm("HOT", -1, false, 1))))
                .isEmpty();
    }

    @Test
    void aResumedPolicyOrdersTheSame() {
        Map<Long, Alarm> alarms =
                Map.of(
                        3L, alarm("HOT", -1, false, 64),
                        16L, alarm("HOT", -1, true, 64),
                        26L, alarm("SHARP", 2, false, 64),
                        30L, alarm("HOT", -1, false, 64),
                        40L, alarm("SHARP", 2, true, 64));
        List<String> undisturbed = run(policy(PolicySource.Mode.ACT), 1, 80, alarms);
        assertThat(undisturbed).hasSizeGreaterThan(5);
        for (long stop = 1; stop < 80; stop++) {
            Policy first = policy(PolicySource.Mode.ACT);
            List<String> orders = run(first, 1, stop, alarms);
            Policy second = policy(PolicySource.Mode.ACT);
            second.restore(first.snapshot());
            orders.addAll(run(second, stop + 1, 80, alarms));
            assertThat(orders).as("stopped after %d", stop).isEqualTo(undisturbed);
        }
    }

    @Test
    void aBadRemedyIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read(REMEDIES.replace("[HOT]", "[COLD]")))
                .hasMessageStartingWith("own.yaml line 3: COOL.on names no rule: COLD");
        assertThatThrownBy(() -> read(REMEDIES.replace("- freeze: {}", "- melt: {}")))
                .hasMessageContaining("own.yaml line 11: COOL.steps.melt is no action");
        assertThatThrownBy(() -> read(REMEDIES.replace("rewind: {version", "rewind: {to")))
                .hasMessageContaining("own.yaml line 10: ")
                .hasMessageContaining("to is no argument, only [version]");
        assertThatThrownBy(
                        () ->
                                read(
                                        REMEDIES.replace(
                                                "patience: 10\n    quiet: 5\n    every",
                                                "patience: -1\n    quiet: 5\n    every")))
                .hasMessageContaining("own.yaml line 4: COOL.patience is -1");
    }

    private static Policy.Plan read(String text) {
        return source(text, PolicySource.Mode.ACT).read(RULES, ACTIONS);
    }

    @Test
    void theDefaultRemediesNameRulesThatThereAre() {
        Set<String> rules = RuleSource.defaults().read().names();
        Policy.Plan plan =
                PolicySource.defaults(PolicySource.Mode.ACT)
                        .read(
                                rules,
                                Map.of(
                                        "holdPublication", Set.of(),
                                        "releasePublication", Set.of(),
                                        "freeze", Set.of(),
                                        "rewind", Set.of("version", "skip"),
                                        "scaleLearningRate", Set.of("factor", "steps"),
                                        "clipQueryKey", Set.of("threshold"),
                                        "reparameterise", Set.of("on", "layer")));
        assertThat(plan.remedies()).hasSizeGreaterThan(3);
        for (Remedy remedy : plan.remedies()) {
            assertThat(rules).containsAll(remedy.on());
        }
    }
}
