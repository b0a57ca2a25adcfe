package freshet.learners.selftraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.Measurement;
import freshet.learners.selftraining.SelfTrainingConfig.Drift;
import freshet.learners.tensor.CounterRandom;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class DriftWatchTest {

    private static final int SIZE = 4;

    private static final Drift PAGE_HINKLEY = new Drift(5, 0.0025, 0, 0, 9, 3, 1, 0, true, 0);
    private static final Drift ADWIN = new Drift(0, 0, 0.002, 0, 9, 3, 1, 0, true, 0);
    private static final Drift KSWIN = new Drift(0, 0, 0, 1e-6, 200, 60, 3, 0, true, 0);
    private static final Drift ALL = new Drift(5, 0.0025, 0.002, 1e-6, 200, 60, 3, 0, true, 0);

    /** One example of two classes with that doubt. */
    private static List<Measurement> add(DriftWatch watch, double doubt, float[] features) {
        return watch.add(new float[] {(float) doubt, (float) (1 - doubt)}, features, 2);
    }

    /** First example at which some detector is alarmed, or -1. */
    private static int alarm(Drift config, IntToDoubleFunction doubts, int count) {
        var watch = new DriftWatch(config, 7, SIZE);
        for (int i = 0; i < count; i++) {
            List<Measurement> alarms = add(watch, doubts.applyAsDouble(i), new float[SIZE]);
            if (alarms.stream().anyMatch(one -> one.max() > 0)) {
                return i;
            }
        }
        return -1;
    }

    /** Half of everything in C.5 of our notes on stability, which fires at 110. */
    @Test
    void doubtThatRisesAlarmsPageHinkleyWhereItWasWorkedOut() {
        assertThat(alarm(PAGE_HINKLEY, i -> i < 100 ? 0 : 0.5, 300)).isEqualTo(110);
    }

    @Test
    void adwinIsAlarmedByDoubtThatRisesNotByDoubtThatFalls() {
        assertThat(alarm(ADWIN, i -> i < 500 ? 0 : 0.5, 700)).isBetween(500, 600);
        assertThat(alarm(ADWIN, i -> i < 500 ? 0.5 : 0, 2000)).isEqualTo(-1);
    }

    private static float[] features(int seed, int at, double shift) {
        var random = new CounterRandom(seed, 0, 2L * SIZE * at);
        float[] features = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            features[i] = (float) (random.nextGaussian() + shift);
        }
        return features;
    }

    @Test
    void featuresThatMoveAlarmKswinAndItIsNamed() {
        var watch = new DriftWatch(KSWIN, 7, SIZE);
        for (int i = 0; i < 1000; i++) {
            assertThat(add(watch, 0.3, features(1, i, 0)))
                    .containsExactly(none(2), none(3), none(4));
        }
        boolean found = false;
        for (int i = 1000; i < 1060 && !found; i++) {
            found = add(watch, 0.3, features(1, i, 5)).stream().anyMatch(one -> one.max() == 1);
        }
        assertThat(found).isTrue();
    }

    private static Measurement none(int detector) {
        return new Measurement("driftAlarm", -1, detector, 1, 0, 0, 0);
    }

    @Test
    void aBatchIsTheSameAsItsExamplesOneByOneUntilKswinsFirstTest() {
        var whole = new DriftWatch(ALL, 7, SIZE);
        var single = new DriftWatch(ALL, 7, SIZE);
        float[] probabilities = new float[2 * 50];
        float[] features = new float[SIZE * 50];
        for (int i = 0; i < 50; i++) {
            double doubt = i / 200.0;
            probabilities[2 * i] = (float) doubt;
            probabilities[2 * i + 1] = (float) (1 - doubt);
            System.arraycopy(features(2, i, 0), 0, features, SIZE * i, SIZE);
            add(single, doubt, features(2, i, 0));
        }
        whole.add(probabilities, features, 2);
        assertThat(whole.snapshot()).isEqualTo(single.snapshot());
    }

    @Test
    void goesOnFromItsSnapshotAndRefusesHalfOfOne() {
        var straight = new DriftWatch(ALL, 7, SIZE);
        var stopped = new DriftWatch(ALL, 7, SIZE);
        for (int i = 0; i < 400; i++) {
            if (i % 67 == 0) {
                byte[] snapshot = stopped.snapshot();
                stopped = new DriftWatch(ALL, 7, SIZE);
                stopped.restore(snapshot);
            }
            double doubt = 0.1 + (i > 300 ? 0.4 : 0);
            float[] features = features(3, i, i > 300 ? 3 : 0);
            assertThat(add(stopped, doubt, features)).isEqualTo(add(straight, doubt, features));
            assertThat(stopped.snapshot()).isEqualTo(straight.snapshot());
        }
        byte[] snapshot = straight.snapshot();
        byte[] half = Arrays.copyOf(snapshot, snapshot.length - 1);
        assertThatThrownBy(() -> straight.restore(half))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cut short");
        straight.start();
        var fresh = new DriftWatch(ALL, 7, SIZE);
        assertThat(fresh.started()).isFalse();
        fresh.start();
        assertThat(straight.snapshot()).isEqualTo(fresh.snapshot());
    }

    @Test
    void nothingIsWatchedWhereAllIsOff() {
        var watch = new DriftWatch(Drift.off(), 7, SIZE);
        assertThat(add(watch, 0.5, new float[SIZE])).isEmpty();
    }
}
