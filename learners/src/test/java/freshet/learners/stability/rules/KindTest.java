package freshet.learners.stability.rules;

import static freshet.learners.stability.rules.Reports.changes;
import static freshet.learners.stability.rules.Reports.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class KindTest {

    private static final double[] LOSSES = {2, 2.1, 1.9, 2.05, 1.95, 2, 2.1, 1.9, 2, 2.05};

    /** Golden numbers of the specification, C.5. */
    @Test
    void aRobustDeviationIsWhatTheSpecificationSays() {
        var detector = new Kind.RobustZ(8, 4, Kind.Side.UP, 10, 10, true, 0.01).start();
        for (int i = 0; i < LOSSES.length; i++) {
            detector.add(i, LOSSES[i], false);
        }
        detector.add(10, 4.0, false);

        assertThat(detector.figure).isCloseTo(18.6970, within(5e-5));
        assertThat(detector.baseline).isCloseTo(0.6931471806, within(1e-10));
        var window = new SortedWindow(10);
        for (double loss : LOSSES) {
            window.add(Math.log(loss));
        }
        assertThat(window.medianDistance(window.median())).isCloseTo(0.0250052103, within(1e-10));
    }

    @Test
    void medianAndItsDistanceAgreeWithSorting() {
        double[] values = {5, 1, 1, 8, 2, -3, 4, 4, 4, 0.5, 7, 2.5};
        var window = new SortedWindow(5);
        for (int end = 1; end <= values.length; end++) {
            window.add(values[end - 1]);
            double[] newest = Arrays.copyOfRange(values, Math.max(0, end - 5), end);
            double median = median(newest);
            assertThat(window.median()).isEqualTo(median);
            double[] distances = Arrays.stream(newest).map(x -> Math.abs(x - median)).toArray();
            assertThat(window.medianDistance(median)).isEqualTo(median(distances));
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    @Test
    void aConstantSeriesDoesNotFireOnNoise() {
        RuleSet rules =
                rule(
                        """
                        severity: high
                        warmUp: 0
                        when: {kind: robustZ, signal: lossNats, above: 8, window: 20, least: 5}
                        """);
        double[] values = DoubleStream.generate(() -> 3.0).limit(30).toArray();
        values[20] = 3.2; // 0.2 / (0.01 * 3) * 0.6745 = 4.5
        assertThat(changes(rules, "lossNats", values)).isEmpty();
        values[20] = 3.6; // 13.5
        assertThat(changes(rules, "lossNats", values)).startsWith(21L);
    }

    @Test
    void thePointItselfIsNotInItsWindowAndAnIncidentDoesNotGetUsedToItself() {
        RuleSet rules =
                rule(
                        """
                        severity: high
                        warmUp: 0
                        clearFor: 3
                        coolDown: 0
                        when: {kind: robustZ, signal: lossNats, above: 8, window: 10, least: 5}
                        """);
        double[] values = new double[40];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < 10 ? LOSSES[i] : 9; // jumps and stays
        }
        // Points 11 to 21 stand against the past as it was; then the new level gets normal: after 6
        // more points it is the median, and 3 points later the incident is over.
        assertThat(changes(rules, "lossNats", values)).hasSize(2).startsWith(11L);
        assertThat(changes(rules, "lossNats", values).get(1)).isBetween(-30L, -24L);
    }

    @Test
    void aThresholdHasHysteresis() {
        RuleSet rules =
                rule(
                        """
                        severity: warn
                        warmUp: 0
                        for: 2
                        clearFor: 2
                        coolDown: 0
                        when: {kind: threshold, signal: lossNats, above: 5, clear: 3}
                        """);
        //                            1  2  3  4  5  6  7  8  9
        double[] values = new double[] {6, 4, 6, 6, 4, 2, 4, 2, 2};
        assertThat(changes(rules, "lossNats", values)).containsExactly(4L, -9L);
    }

    @Test
    void aJumpThatStaysIsARatioToThePast() {
        RuleSet rules =
                rule(
                        """
                        severity: high
                        warmUp: 0
                        clearFor: 1
                        when:
                          kind: ratio
                          signal: updateWeightRatio
                          above: 3
                          clear: 2
                          recent: 3
                          window: 10
                          least: 5
                        """);
        double[] values = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 30, 30, 30, 1, 1, 1};
        // Two of the newest three have jumped at 12; at 15 two of three are back.
        assertThat(changes(rules, "updateWeightRatio", values)).containsExactly(12L, -15L);
    }

    @Test
    void aRatioToTheStartNeverGetsUsedToIt() {
        RuleSet rules =
                rule(
                        """
                        severity: high
                        warmUp: 0
                        when: {kind: ratio, signal: pseudoLabelEntropyNats, past: start, window: 3, below: 0.5}
                        """);
        double[] values = new double[60];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    2.0 / (1 + i / 10.0); // 2, 1.82, 1.67: half of 1.82 at i = 12, below it then
        }
        assertThat(changes(rules, "pseudoLabelEntropyNats", values)).containsExactly(14L);
    }

    @Test
    void growthIsTheSlopeOfTheLogarithm() {
        var detector = new Kind.Growth(new Limit(true, 5, 5), 10).start();
        for (int i = 0; i < 10; i++) {
            detector.add(25L * i, 3 * Math.exp(0.004 * 25 * i), false);
        }
        assertThat(detector.figure).isCloseTo(4, within(1e-9));
        assertThat(detector.beyond).isFalse();
        for (int i = 10; i < 20; i++) {
            detector.add(25L * i, 5 * Math.exp(0.006 * 25 * i), false);
        }
        assertThat(detector.figure).isCloseTo(6, within(1e-9));
        assertThat(detector.beyond).isTrue();
    }

    @Test
    void aShareIsOfTheLastPoints() {
        RuleSet rules =
                rule(
                        """
                        severity: warn
                        warmUp: 0
                        clearFor: 1
                        when: {kind: share, signal: clipped, window: 5, above: 0.4}
                        """);
        //                 1  2  3  4  5  6  7  8  9
        double[] clipped = {1, 1, 1, 0, 0, 1, 0, 0, 0};
        // 3 of 5 at 5, 3 of 5 at 6, 2 of 5 at 7.
        assertThat(changes(rules, "clipped", clipped)).containsExactly(5L, -7L);
    }

    @Test
    void averagesCompareAFastMeanWithASlowOne() {
        RuleSet rules =
                rule(
                        """
                        severity: page
                        warmUp: 0
                        when: {kind: averages, signal: lossNats, fast: 3, slow: 20, above: 1.3}
                        """);
        double[] values = new double[60];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < 30 ? 2 + 0.1 * (i % 2) : 2 * Math.pow(1.1, i - 30);
        }
        assertThat(changes(rules, "lossNats", values))
                .hasSize(1)
                .first()
                .matches(at -> at > 33 && at < 40);
    }

    @Test
    void driftDetectorsFireAsTheyDoAlone() {
        RuleSet rules =
                rule(
                        """
                        severity: warn
                        warmUp: 0
                        when: {kind: drift, signal: lossNats, detector: pageHinkley, threshold: 10}
                        """);
        double[] values = new double[120];
        Arrays.fill(values, 100, 120, 1);
        assertThat(changes(rules, "lossNats", values)).containsExactly(111L); // golden: index 110
    }

    @Test
    void anAdwinTellsARiseFromAFall() {
        RuleSet rules =
                rule(
                        """
                        severity: warn
                        warmUp: 0
                        when: {kind: drift, signal: lossNats, detector: adwin}
                        """);
        double[] falls = new double[256];
        Arrays.fill(falls, 0, 128, 5);
        double[] rises = new double[256];
        Arrays.fill(rises, 128, 256, 5);
        assertThat(changes(rules, "lossNats", falls)).isEmpty();
        assertThat(changes(rules, "lossNats", rises)).isNotEmpty();
    }

    @Test
    void whatIsNotFiniteFiresTheRuleAboutThatAlone() {
        RuleSet rules =
                Reports.rules(
                        """
                        rules:
                          NONFINITE:
                            severity: page
                            message: told
                            warmUp: 0
                            clearFor: 1
                            when: {kind: nonFinite, signal: "*"}
                          HIGH_LOSS:
                            severity: page
                            message: told
                            warmUp: 0
                            when: {kind: threshold, signal: lossNats, above: 5}
                        """);
        double inf = Double.POSITIVE_INFINITY;
        assertThat(changes(rules, "lossNats", 1, inf, Double.NaN, 2)).containsExactly(2L, -4L);
    }
}
