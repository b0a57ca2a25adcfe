package freshet.learners.robots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.robots.RobotTrack.Arrival;
import freshet.learners.robots.RobotTrack.Counts;
import freshet.learners.robots.RobotTrack.Fate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RobotTrackTest {

    private static final int MAX_GAP = 2;

    private final RobotTrack track = new RobotTrack(MAX_GAP, 1);

    @Test
    void theFirstObservationBeginsWithoutAnAction() {
        Arrival first = track.arrive(0, 0, List.of());
        assertThat(first.fate()).isEqualTo(Fate.BEGINS);
        assertThat(first.actions()).isEmpty();
        assertThat(track.episode()).isZero();
        assertThat(track.sequence()).isZero();
    }

    @Test
    void theNextFollowsWithTheActionThatWasGiven() {
        answer(0, 0, 0.5f);
        Arrival next = track.arrive(0, 1, List.of());
        assertThat(next.fate()).isEqualTo(Fate.FOLLOWS);
        assertThat(next.missing()).isZero();
        assertThat(next.actions()).containsExactly(new float[] {0.5f});
    }

    @Test
    void whatTheRobotDidCountsMoreThanWhatItWasTold() {
        answer(0, 0, 0.5f);
        Arrival next = track.arrive(0, 1, List.of(outcome(0, -0.25f)));
        assertThat(next.actions()).containsExactly(new float[] {-0.25f});
    }

    @Test
    void aGapIsBridgedByWhatTheRobotDidOrByHoldingItsLastAction() {
        answer(0, 0, 0.5f);
        Arrival afterTwo =
                track.arrive(0, 3, List.of(outcome(2, 0.75f), outcome(1, 0.25f), outcome(9, 1)));
        assertThat(afterTwo.fate()).isEqualTo(Fate.FOLLOWS);
        assertThat(afterTwo.missing()).isEqualTo(2);
        assertThat(afterTwo.actions())
                .containsExactly(new float[] {0.5f}, new float[] {0.25f}, new float[] {0.75f});
        track.answered(new float[] {1});
        assertThat(track.arrive(0, 6, List.of(outcome(4, 0.125f))).actions())
                .containsExactly(new float[] {1}, new float[] {0.125f}, new float[] {0.125f});
        assertThat(track.counts().bridged()).isEqualTo(4);
    }

    @Test
    void aGapBeyondTheLimitBeginsAnew() {
        answer(0, 0, 0.5f);
        Arrival afterThree = track.arrive(0, 4, List.of());
        assertThat(afterThree.fate()).isEqualTo(Fate.BEGINS_AFTER_GAP);
        assertThat(afterThree.actions()).isEmpty();
        track.answered(new float[] {1});
        assertThat(track.arrive(0, Long.MAX_VALUE, List.of()).fate())
                .isEqualTo(Fate.BEGINS_AFTER_GAP);
        assertThat(track.counts().restarts()).isEqualTo(2);
        assertThat(track.counts().bridged()).isZero();
    }

    @Test
    void aRepeatedObservationGetsTheSameAction() {
        answer(0, 0, 0.5f);
        for (int i = 0; i < 3; i++) {
            Arrival again = track.arrive(0, 0, List.of(outcome(0, 1)));
            assertThat(again.fate()).isEqualTo(Fate.REPEATED);
            assertThat(again.cached()).containsExactly(0.5f);
            again.cached()[0] = 9; // the caller's own
        }
        assertThat(track.arrive(0, 1, List.of()).actions()).containsExactly(new float[] {0.5f});
    }

    @Test
    void aLateObservationIsDroppedAndChangesNothing() {
        answer(0, 0, 0.5f);
        answer(0, 1, 0.75f);
        answer(1, 0, 1);
        byte[] before = track.snapshot();
        assertThat(track.arrive(0, 5, List.of()).fate()).isEqualTo(Fate.LATE);
        answer(1, 1, 0.25f);
        assertThat(track.arrive(1, 0, List.of()).fate()).isEqualTo(Fate.LATE);
        assertThat(track.counts()).isEqualTo(new Counts(4, 2, 0, 2, 0, 0));
        RobotTrack other = new RobotTrack(MAX_GAP, 1);
        other.restore(before);
        assertThat(other.arrive(1, 1, List.of()).actions()).containsExactly(new float[] {1});
    }

    @Test
    void aNewEpisodeBeginsWhereverItStarts() {
        answer(0, 0, 0.5f);
        Arrival begun = track.arrive(7, 3, List.of(outcome(2, 1)));
        assertThat(begun.fate()).isEqualTo(Fate.BEGINS);
        assertThat(begun.actions()).isEmpty();
        assertThat(track.counts().episodes()).isEqualTo(2);
    }

    @Test
    void anEndedEpisodeHasNoMoreSteps() {
        answer(0, 0, 0.5f);
        track.arrive(0, 1, List.of());
        track.ended();
        assertThat(track.arrive(0, 1, List.of()).fate()).isEqualTo(Fate.REPEATED);
        assertThat(track.arrive(0, 1, List.of()).cached()).isNull();
        assertThat(track.arrive(0, 2, List.of()).fate()).isEqualTo(Fate.LATE);
        assertThat(track.arrive(1, 0, List.of()).fate()).isEqualTo(Fate.BEGINS);
    }

    @Test
    void resumedAtAnyPointItSaysWhatItWouldHaveSaid() {
        long[][] stream = {
            {0, 0}, {0, 1}, {0, 1}, {0, 0}, {0, 4}, {0, 9}, {1, 1}, {0, 3}, {1, 2}, {1, 2}, {3, 0}
        };
        List<String> straight = fates(track, stream, 0, stream.length);
        for (int stop = 0; stop <= stream.length; stop++) {
            RobotTrack first = new RobotTrack(MAX_GAP, 1);
            List<String> said = fates(first, stream, 0, stop);
            RobotTrack resumed = new RobotTrack(MAX_GAP, 1);
            resumed.restore(first.snapshot());
            said.addAll(fates(resumed, stream, stop, stream.length));
            assertThat(said).isEqualTo(straight);
            assertThat(resumed.snapshot()).isEqualTo(track.snapshot());
        }
    }

    @Test
    void stateStaysAsSmallWhateverComes() {
        answer(0, 0, 0.5f);
        int bytes = track.snapshot().length;
        for (int step = 1; step < 1000; step++) {
            Arrival arrival = track.arrive(step % 7, step * 31L % 100, List.of());
            if (arrival.fate() != Fate.LATE && arrival.fate() != Fate.REPEATED) {
                track.answered(new float[] {0});
            }
        }
        assertThat(track.snapshot()).hasSize(bytes);
    }

    @Test
    void wrongCallsAreRefused() {
        assertThatThrownBy(() -> track.arrive(-1, 0, List.of())).hasMessageContaining("-1");
        track.arrive(0, 0, List.of());
        assertThatThrownBy(() -> track.arrive(0, 1, List.of())).hasMessageContaining("answered");
        assertThatThrownBy(track::snapshot).hasMessageContaining("answered");
        assertThatThrownBy(() -> track.answered(new float[2])).hasMessageContaining("2 numbers");
        track.answered(new float[1]);
        assertThatThrownBy(() -> track.answered(new float[1])).hasMessageContaining("waits");
        byte[] snapshot = track.snapshot();
        assertThatThrownBy(() -> new RobotTrack(0, 3).restore(snapshot))
                .hasMessageContaining("1 actuators, expected 3");
        snapshot[3]++;
        assertThatThrownBy(() -> track.restore(snapshot)).hasMessageContaining("format 2");
    }

    private void answer(long episode, long sequence, float action) {
        track.arrive(episode, sequence, List.of());
        track.answered(new float[] {action});
    }

    private static StepOutcome outcome(long sequence, float action) {
        return new StepOutcome(sequence, new float[] {action}, 0, false);
    }

    private static List<String> fates(RobotTrack track, long[][] stream, int from, int to) {
        List<String> said = new ArrayList<>();
        for (int i = from; i < to; i++) {
            Arrival arrival = track.arrive(stream[i][0], stream[i][1], List.of());
            StringBuilder line = new StringBuilder(arrival.fate().toString());
            arrival.actions().forEach(action -> line.append(' ').append(action[0]));
            if (arrival.fate() == Fate.REPEATED) {
                line.append(' ').append(arrival.cached()[0]);
            } else if (arrival.fate() != Fate.LATE) {
                track.answered(new float[] {i});
            }
            said.add(line.toString());
        }
        return said;
    }
}
