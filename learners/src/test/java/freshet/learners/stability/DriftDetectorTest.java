package freshet.learners.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DriftDetectorTest {

    static List<Supplier<DriftDetector>> detectors() {
        return List.of(
                () -> new Adwin(0.002, 32),
                () -> PageHinkley.withThreshold(50),
                () -> new Kswin(300, 100, 1e-4, 3), // differ from 0.30 on
                Ddm::new);
    }

    /** First index at which the alarm is raised, or -1. */
    private static int alarm(DriftDetector detector, IntToDoubleFunction values, int count) {
        for (int i = 0; i < count; i++) {
            if (detector.add(values.applyAsDouble(i))) {
                return i;
            }
        }
        return -1;
    }

    /** 1 with probability 0.1, from record {@code shift} on 0.5. */
    private static IntToDoubleFunction errors(long seed, int shift) {
        return i -> new CounterRandom(seed, 0, i).nextDouble() < (i < shift ? 0.1 : 0.5) ? 1 : 0;
    }

    @ParameterizedTest
    @MethodSource("detectors")
    void findsAnErrorRateThatJumps(Supplier<DriftDetector> detector) {
        assertThat(alarm(detector.get(), errors(1, 2000), 2400)).isBetween(2001, 2399);
    }

    @ParameterizedTest
    @MethodSource("detectors")
    void goesOnFromItsSnapshotAsIfNeverStopped(Supplier<DriftDetector> detector) {
        IntToDoubleFunction values = errors(4, 700);
        DriftDetector straight = detector.get();
        DriftDetector resumed = detector.get();
        for (int i = 0; i < 1500; i++) {
            if (i % 97 == 0) {
                byte[] snapshot = resumed.snapshot();
                resumed = detector.get();
                resumed.restore(snapshot);
            }
            double value = values.applyAsDouble(i);
            assertThat(resumed.add(value)).isEqualTo(straight.add(value));
            assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
        }
    }

    @ParameterizedTest
    @MethodSource("detectors")
    void refusesWhatIsNoNumberAndAnothersState(Supplier<DriftDetector> detector) {
        DriftDetector one = detector.get();
        byte[] before = one.snapshot();
        assertThatThrownBy(() -> one.add(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN");
        assertThat(one.snapshot()).isEqualTo(before);
        DriftDetector other = one instanceof Ddm ? PageHinkley.withThreshold(1) : new Ddm();
        assertThatThrownBy(() -> one.restore(other.snapshot()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> one.restore(java.util.Arrays.copyOf(before, before.length - 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Golden numbers of C.5 in our notes on stability: 100 zeros, then ones. */
    @Test
    void pageHinkleyFiresWhereItWasWorkedOut() {
        IntToDoubleFunction step = i -> i < 100 ? 0 : 1;
        assertThat(alarm(PageHinkley.withThreshold(10), step, 300)).isEqualTo(110);
        assertThat(alarm(PageHinkley.withThreshold(50), step, 300)).isEqualTo(166);
        PageHinkley open = PageHinkley.withThreshold(1000);
        for (int i = 0; i <= 166; i++) {
            open.add(step.applyAsDouble(i));
            if (i == 110) {
                assertThat(open.sum()).isCloseTo(10.3263466958, within(1e-9));
            }
        }
        assertThat(open.sum()).isCloseTo(50.5657404268, within(1e-9));
    }

    /** One error in ten, from 200 on one in two. */
    @Test
    void ddmWarnsAndFiresWhereItWasWorkedOut() {
        Ddm ddm = new Ddm();
        int warning = -1;
        for (int i = 0; i < 219; i++) {
            assertThat(ddm.add(i < 200 ? (i % 10 == 9 ? 1 : 0) : i % 2)).isFalse();
            if (ddm.warning() && warning < 0 && i >= 200) {
                warning = i;
            }
        }
        assertThat(warning).isEqualTo(207);
        // 19 errors of 199; sqrt(0.0954773869 * 0.9045226131 / 199)
        assertThat(ddm.leastRate()).isCloseTo(0.0954773869, within(1e-9));
        assertThat(ddm.leastDeviation()).isCloseTo(0.0208321186, within(1e-9));
        assertThat(ddm.add(1)).isTrue();
    }

    @Test
    void ddmIsNotAlarmedByTheFirstErrorEver() {
        assertThat(alarm(new Ddm(), i -> i == 500 ? 1 : 0, 520)).isEqualTo(-1);
    }

    @Test
    void adwinsThresholdIsThatWorkedOut() {
        assertThat(Adwin.threshold(50, 50, 0.25, 0.002)).isCloseTo(0.6356610682, within(1e-9));
        assertThat(Adwin.threshold(100, 20, 0.05, 0.002)).isCloseTo(0.5644334501, within(1e-9));
    }

    @Test
    void adwinForgetsWhatWasBeforeTheShiftAndStaysSmall() {
        Adwin adwin = new Adwin(0.002, 32);
        for (int i = 0; i < 50_000; i++) {
            adwin.add(errors(2, 40_000).applyAsDouble(i));
            if (i == 39_999) {
                assertThat(adwin.mean()).isCloseTo(0.1, within(0.02));
                // 6 buckets of each of 16 sizes at the most, two numbers each
                assertThat(adwin.snapshot().length).isLessThan(16 * (6 * 16 + 4) + 64);
            }
        }
        assertThat(adwin.mean()).isCloseTo(0.5, within(0.03));
        assertThat(adwin.length()).isBetween(9_000L, 11_000L);
    }

    @Test
    void adwinsWindowHasTheMeanOfItsValues() {
        Adwin adwin = new Adwin(1e-9, 1);
        double sum = 0;
        for (int i = 1; i <= 300; i++) {
            sum += i % 7;
            adwin.add(i % 7);
            assertThat(adwin.length()).isEqualTo(i);
            assertThat(adwin.mean()).isCloseTo(sum / i, within(1e-12));
        }
    }

    @Test
    void kolmogorovSmirnovNumbersAreThoseWorkedOut() {
        double[] left = {0.1, 0.2, 0.3, 0.4, 0.5};
        double[] right = {0.35, 0.45, 0.55, 0.65, 0.75};
        assertThat(Kswin.distance(left, right)).isCloseTo(0.6, within(1e-12));
        assertThat(Kswin.distance(left, left)).isEqualTo(0);
        assertThat(Kswin.critical(0.005, 30)).isCloseTo(0.4202506144, within(1e-9));
    }

    /** The mean stays: only the spread changes. */
    @Test
    void kswinFindsAChangeOfShape() {
        IntToDoubleFunction wider =
                i -> new CounterRandom(6, 0, 2L * i).nextGaussian() * (i < 500 ? 1 : 10);
        assertThat(alarm(new Kswin(100, 30, 1e-4, 1), wider, 700)).isBetween(501, 699);
        assertThat(alarm(PageHinkley.withThreshold(1000), wider, 700)).isEqualTo(-1);
    }

    /** Of five values, the last two against two of the first three. */
    @Test
    void kswinTestsABatchOnceAtItsEnd() {
        // alpha 0.2: differ above sqrt(ln 5 / 2) = 0.897, so only where none are alike
        Kswin batches = new Kswin(5, 2, 0.2, 1);
        assertThat(batches.add(new double[] {9, 9, 9, 0, 0})).isTrue();
        Kswin past = new Kswin(5, 2, 0.2, 1);
        assertThat(past.add(new double[] {9, 9, 9, 0, 0, 0, 0, 0})).isFalse();
        assertThatThrownBy(() -> past.add(new double[] {1, Double.NaN}))
                .hasMessageContaining("NaN");
        assertThat(past.add(new double[] {7, 7})).isTrue();
    }
}
