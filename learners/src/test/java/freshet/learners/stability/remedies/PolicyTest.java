package freshet.learners.stability.remedies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import freshet.learners.stability.rules.Alarm;
import freshet.learners.stability.rules.RuleSource;
import freshet.learners.stability.rules.Severity;
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

    @Test
    void neverTwoAtOnceOnALayer() {
        Map<Long, Alarm> alarms =
                Map.of(
                        1L, alarm("SHARP", 0, false, 64),
                        2L, alarm("SHARP", 1, false, 64),
                        3L, alarm("HOT", -1, false, 64), // of all layers: must wait for both
                        20L, alarm("SHARP", 0, true, 64),
                        30L, alarm("SHARP", 1, true, 64));
        assertThat(run(policy(PolicySource.Mode.ACT), 1, 40, alarms))
                .containsExactly(
                        "1 reparameterise {layer=0, on=true}",
                        "2 reparameterise {layer=1, on=true}",
                        "34 scaleLearningRate {factor=0.3}");
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
