package freshet.learners.scoring;

import static freshet.learners.scoring.PairedTrial.Verdict.OPEN;
import static freshet.learners.scoring.PairedTrial.Verdict.PROMOTE;
import static freshet.learners.scoring.PairedTrial.Verdict.ROLL_BACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.SavedState;
import freshet.learners.scoring.PairedTrial.Config;
import freshet.learners.scoring.PairedTrial.Verdict;
import freshet.learners.tensor.CounterRandom;
import org.junit.jupiter.api.Test;

class PairedTrialTest {

    /** Differences -1, -1/2, 1/2: mean -1/3, variance 7/18. */
    @Test
    void theBoundIsThatOfThePaper() {
        var trial = new PairedTrial(new Config(3, 100, 0, 0.05));
        assertThat(trial.add(1, 2)).isEqualTo(OPEN);
        assertThat(trial.add(2, 2.5)).isEqualTo(OPEN);
        assertThat(trial.add(3, 2.5)).isEqualTo(OPEN);
        assertThat(trial.candidateLoss()).isEqualTo(2);
        assertThat(trial.currentLoss()).isEqualTo(7 / 3.0, within(1e-15));
        assertThat(trial.meanDifference()).isEqualTo(-1 / 3.0, within(1e-15));
        // rho^2 = (5.99146 + ln 6.99146) / 3 = 2.64538, s = 3 rho^2 + 1 = 8.93615:
        // sqrt(7/18) sqrt(2 s / (9 rho^2) ln(sqrt(s) / 0.05)) = 1.0928
        assertThat(trial.radius()).isEqualTo(1.0928, within(1e-4));
    }

    @Test
    void aCandidateThatIsBetterOnEveryRecordIsPromotedAtTheLeastNumberOfPairs() {
        assertThat(pairsUntil(PROMOTE, -0.5, 0.1, new Config(20, 1_000, 0, 0.05))).isEqualTo(20);
        assertThat(pairsUntil(ROLL_BACK, 0.5, 0.1, new Config(20, 1_000, 0, 0.05))).isEqualTo(20);
    }

    @Test
    void aSmallDifferenceTakesMorePairsThanALargeOne() {
        var config = new Config(20, 100_000, 0, 0.05);
        int small = pairsUntil(ROLL_BACK, 0.05, 0.5, config);
        assertThat(small).isGreaterThan(2 * pairsUntil(ROLL_BACK, 0.3, 0.5, config));
        assertThat(small).isLessThan(2_000);
    }

    @Test
    void whatIsWithinTheToleranceIsPromoted() {
        assertThat(pairsUntil(PROMOTE, 0.2, 0.1, new Config(20, 1_000, 0.5, 0.05))).isEqualTo(20);
    }

    @Test
    void afterTheMostPairsTheMeanDecides() {
        assertThat(pairsUntil(PROMOTE, 0, 0, new Config(2, 2, 0, 0.05))).isEqualTo(2);
        var trial = new PairedTrial(new Config(2, 3, 0, 0.05));
        trial.add(1, 0);
        assertThat(trial.add(0, 1)).isEqualTo(OPEN);
        assertThat(trial.add(0.1, 0)).isEqualTo(ROLL_BACK);
    }

    /** Without a difference at most one trial in twenty may find one, however often it is asked. */
    @Test
    void equalsAreSeldomToldApart() {
        int toldApart = 0;
        for (int i = 0; i < 200; i++) {
            var trial = new PairedTrial(new Config(50, Integer.MAX_VALUE, 0, 0.05));
            var random = new CounterRandom(i, 0, 0);
            Verdict verdict = OPEN;
            for (int pair = 0; pair < 1_000 && verdict == OPEN; pair++) {
                verdict = trial.add(random.nextDouble(), random.nextDouble());
            }
            toldApart += verdict == OPEN ? 0 : 1;
        }
        assertThat(toldApart).isLessThanOrEqualTo(10);
    }

    @Test
    void aLossThatIsNotFiniteIsAVerdictOnlyOnTheCandidate() {
        var trial = new PairedTrial(new Config(2, 3, 0, 0.05));
        assertThat(trial.add(1, Double.NaN)).isEqualTo(OPEN);
        assertThat(trial.pairs()).isZero();
        assertThat(trial.add(Double.NaN, 1)).isEqualTo(ROLL_BACK);
    }

    @Test
    void resumedAnywhereItIsTheSame() {
        var config = new Config(2, 1_000, 0, 0.05);
        var undisturbed = new PairedTrial(config);
        var resumed = new PairedTrial(config);
        var random = new CounterRandom(3, 0, 0);
        for (int i = 0; i < 40; i++) {
            double candidate = random.nextDouble();
            double current = random.nextDouble();
            byte[] state = SavedState.write(1, resumed::write);
            resumed = new PairedTrial(config);
            SavedState.read("trial", 1, state, resumed::read);
            assertThat(resumed.add(candidate, current))
                    .isEqualTo(undisturbed.add(candidate, current));
            assertThat(resumed.radius()).isEqualTo(undisturbed.radius());
        }
    }

    @Test
    void sizesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new Config(1, 5, 0, 0.05)).hasMessageContaining("1 to 5 pairs");
        assertThatThrownBy(() -> new Config(5, 4, 0, 0.05)).hasMessageContaining("5 to 4 pairs");
        assertThatThrownBy(() -> new Config(5, 5, -1, 0.05)).hasMessageContaining("tolerance -1");
        assertThatThrownBy(() -> new Config(5, 5, 0, 1)).hasMessageContaining("error 1.0");
    }

    /** Pairs that differ by {@code mean}, evenly spread up to {@code spread} on either side. */
    private static int pairsUntil(Verdict wanted, double mean, double spread, Config config) {
        var trial = new PairedTrial(config);
        var random = new CounterRandom(12, 0, 0);
        for (int pairs = 1; ; pairs++) {
            double noise = spread * (2 * random.nextDouble() - 1);
            Verdict verdict = trial.add(1 + mean + noise, 1);
            if (verdict != OPEN) {
                assertThat(verdict).isEqualTo(wanted);
                return pairs;
            }
        }
    }
}
