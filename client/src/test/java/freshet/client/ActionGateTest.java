package freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.client.ActionGate.Fate;
import freshet.client.ActionGate.Told;
import org.junit.jupiter.api.Test;

/** Times here have no unit: observation at 100 times the step, deadline 50 later. */
class ActionGateTest {

    private static final long DEADLINE = 50;

    @Test
    void anActionInTimeIsToldAndTheDeadlineItselfIsInTime() {
        ActionGate gate = gate(MissPolicy.ZERO);
        gate.open(0, 0, DEADLINE);
        assertThat(gate.offer(0, 0, new float[] {0.5f, -0.25f}, DEADLINE)).isEqualTo(Fate.TAKEN);
        Told told = gate.close();
        assertThat(told.values()).containsExactly(0.5f, -0.25f);
        assertThat(told.missed()).isFalse();
        assertThat(gate.counts()).isEqualTo(new GateCounts(1, 0, 0, 0, 0, 0));
    }

    @Test
    void anActionAfterItsDeadlineOrItsStepIsLate() {
        ActionGate gate = gate(MissPolicy.ZERO);
        gate.open(0, 0, DEADLINE);
        assertThat(gate.offer(0, 0, new float[] {1, 1}, DEADLINE + 1)).isEqualTo(Fate.LATE);
        assertThat(gate.close().missed()).isTrue();
        assertThat(gate.offer(0, 0, new float[] {1, 1}, DEADLINE)).isEqualTo(Fate.LATE);
        gate.open(0, 1, 100 + DEADLINE);
        assertThat(gate.offer(0, 0, new float[] {1, 1}, 110)).isEqualTo(Fate.LATE);
        assertThat(gate.close().values()).containsExactly(0, 0);
        assertThat(gate.counts()).isEqualTo(new GateCounts(2, 2, 0, 3, 0, 0));
    }

    @Test
    void theFirstOfTwoActionsCounts() {
        ActionGate gate = gate(MissPolicy.ZERO);
        gate.open(3, 7, DEADLINE);
        gate.offer(3, 7, new float[] {0.5f, 0.5f}, 1);
        assertThat(gate.offer(3, 7, new float[] {-1, -1}, 2)).isEqualTo(Fate.REPEATED);
        assertThat(gate.close().values()).containsExactly(0.5f, 0.5f);
        assertThat(gate.counts().repeated()).isEqualTo(1);
    }

    @Test
    void anActionOfAnotherEpisodeIsNotThisOnes() {
        ActionGate gate = gate(MissPolicy.ZERO);
        gate.open(1, 0, DEADLINE);
        assertThat(gate.offer(0, 0, new float[] {1, 1}, 0)).isEqualTo(Fate.LATE);
        assertThat(gate.offer(1, 0, new float[] {0.5f, 0}, 0)).isEqualTo(Fate.TAKEN);
    }

    @Test
    void anUnusableActionIsAMissUnlessAnotherComes() {
        ActionGate gate = gate(MissPolicy.ZERO);
        gate.open(0, 0, DEADLINE);
        assertThat(gate.offer(0, 0, new float[] {0.5f}, 1)).isEqualTo(Fate.UNUSABLE);
        assertThat(gate.offer(0, 0, new float[] {0.5f, Float.NaN}, 1)).isEqualTo(Fate.UNUSABLE);
        assertThat(gate.offer(0, 0, new float[] {0.5f, 0.5f}, 2)).isEqualTo(Fate.TAKEN);
        gate.close();
        assertThat(gate.counts()).isEqualTo(new GateCounts(1, 0, 0, 0, 0, 2));
    }

    @Test
    void holdLastRepeatsTheStepBeforeButNoEpisodeBefore() {
        ActionGate gate = gate(MissPolicy.HOLD_LAST);
        gate.open(0, 0, DEADLINE);
        gate.offer(0, 0, new float[] {0.5f, -0.5f}, 1);
        gate.close();
        for (int step = 1; step < 4; step++) {
            gate.open(0, step, 0);
            Told told = gate.close();
            assertThat(told.values()).containsExactly(0.5f, -0.5f);
            assertThat(told.missed()).isTrue();
        }
        gate.open(1, 0, 0);
        assertThat(gate.close().values()).containsExactly(0, 0);
    }

    @Test
    void zeroLetsGo() {
        ActionGate gate = gate(MissPolicy.ZERO);
        gate.open(0, 0, DEADLINE);
        gate.offer(0, 0, new float[] {0.5f, -0.5f}, 1);
        gate.close();
        gate.open(0, 1, 0);
        assertThat(gate.close().values()).containsExactly(0, 0);
    }

    @Test
    void safeStopStaysUntilResumed() {
        ActionGate gate = gate(MissPolicy.SAFE_STOP);
        gate.open(0, 0, DEADLINE);
        Told first = gate.close();
        assertThat(first.missed()).isTrue();
        assertThat(first.stopped()).isTrue();
        gate.open(0, 1, DEADLINE);
        gate.offer(0, 1, new float[] {1, 1}, 1);
        Told second = gate.close();
        assertThat(second.values()).containsExactly(0, 0);
        assertThat(second.missed()).as("an action came, it is not a miss").isFalse();
        gate.open(1, 0, DEADLINE); // nor does a new episode end it
        gate.offer(1, 0, new float[] {1, 1}, 1);
        assertThat(gate.close().values()).containsExactly(0, 0);
        gate.resume();
        gate.open(1, 1, DEADLINE);
        gate.offer(1, 1, new float[] {1, 1}, 1);
        assertThat(gate.close().values()).containsExactly(1, 1);
        assertThat(gate.counts()).isEqualTo(new GateCounts(4, 1, 2, 0, 0, 0));
    }

    @Test
    void stopsAfterSoManyMissesInARow() {
        ActionGate gate = new ActionGate(new GateSettings(1, MissPolicy.HOLD_LAST, 2, 2));
        step(gate, 0, 0.5f);
        step(gate, 1, null);
        step(gate, 2, 0.75f);
        assertThat(step(gate, 3, null).values()).as("one in a row").containsExactly(0.75f);
        Told second = step(gate, 4, null);
        assertThat(second.values()).containsExactly(0);
        assertThat(second.stopped()).isTrue();
    }

    @Test
    void aStopByCommandHoldsForTheOpenStepAlready() {
        ActionGate gate = gate(MissPolicy.HOLD_LAST);
        gate.open(0, 0, DEADLINE);
        gate.offer(0, 0, new float[] {1, 1}, 1);
        gate.stop();
        assertThat(gate.close().values()).containsExactly(0, 0);
        assertThat(gate.isStopped()).isTrue();
    }

    @Test
    void changesNoFasterThanAllowedAndNeverLeavesTheRange() {
        ActionGate gate = new ActionGate(new GateSettings(1, MissPolicy.ZERO, 0, 0.4f));
        assertThat(step(gate, 0, 5f).values()).containsExactly(0.4f);
        assertThat(step(gate, 1, 5f).values()).containsExactly(0.8f);
        assertThat(step(gate, 2, 5f).values()).containsExactly(1f);
        // a missed step lets go no faster; a stop does
        assertThat(step(gate, 3, null).values()).containsExactly(0.6f);
        gate.stop();
        assertThat(step(gate, 4, -1f).values()).containsExactly(0);
    }

    @Test
    void whatIsOfferedOrToldIsNotSharedWithTheCaller() {
        ActionGate gate = gate(MissPolicy.HOLD_LAST);
        float[] mine = {0.5f, 0.5f};
        gate.open(0, 0, DEADLINE);
        gate.offer(0, 0, mine, 0);
        mine[0] = 1;
        float[] told = gate.close().values();
        assertThat(told[0]).isEqualTo(0.5f);
        told[0] = 1;
        gate.open(0, 1, DEADLINE);
        assertThat(gate.close().values()).containsExactly(0.5f, 0.5f);
    }

    @Test
    void stepsAreOpenedAndClosedInTurn() {
        ActionGate gate = gate(MissPolicy.ZERO);
        assertThatThrownBy(gate::close).isInstanceOf(IllegalStateException.class);
        gate.open(0, 0, 0);
        assertThatThrownBy(() -> gate.open(0, 1, 0)).hasMessageContaining("step 0 of episode 0");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new GateSettings(0, MissPolicy.ZERO, 0, 2))
                .hasMessageContaining("actuators");
        assertThatThrownBy(() -> new GateSettings(1, MissPolicy.ZERO, -1, 2))
                .hasMessageContaining("stopAfterMisses");
        assertThatThrownBy(() -> new GateSettings(1, MissPolicy.ZERO, 0, 0))
                .hasMessageContaining("maxChange");
        assertThatThrownBy(() -> MissPolicy.of("panic"))
                .hasMessageContaining("hold-last, zero, safe-stop");
    }

    private static ActionGate gate(MissPolicy policy) {
        return new ActionGate(new GateSettings(2, policy, 0, 2));
    }

    private static Told step(ActionGate gate, long sequence, Float action) {
        gate.open(0, sequence, DEADLINE);
        if (action != null) {
            gate.offer(0, sequence, new float[] {action}, 0);
        }
        return gate.close();
    }
}
