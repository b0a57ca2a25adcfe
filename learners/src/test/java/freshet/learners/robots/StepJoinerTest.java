package freshet.learners.robots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.robots.StepJoiner.Counts;
import freshet.learners.tensor.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepJoinerTest {

    private static final int LAG = 3;

    private final StepJoiner joiner = new StepJoiner(LAG);

    /** One half of a step. */
    private record Half(long episode, long sequence, boolean isSeen) {

        List<JoinedStep> into(StepJoiner joiner) {
            return isSeen
                    ? joiner.add(seen(episode, sequence))
                    : joiner.add(episode, outcome(sequence));
        }
    }

    @Test
    void aStepIsWholeOnceBothHalvesAreThere() {
        assertThat(joiner.add(seen(0, 0))).isEmpty();
        List<JoinedStep> whole = joiner.add(0, outcome(0));
        assertThat(names(whole)).containsExactly("0/0");
        assertThat(whole.get(0).outcome().reward()).isEqualTo(0.5f);
        assertThat(whole.get(0).seen().picture()).containsExactly(0, 0);
    }

    @Test
    void theOutcomeMayComeFirst() {
        assertThat(joiner.add(0, outcome(0))).isEmpty();
        assertThat(names(joiner.add(seen(0, 0)))).containsExactly("0/0");
    }

    @Test
    void stepsComeInOrderHoweverTheirHalvesCame() {
        joiner.add(0, outcome(1));
        joiner.add(seen(0, 1));
        joiner.add(0, outcome(0));
        assertThat(names(joiner.add(seen(0, 0)))).containsExactly("0/0", "0/1");
    }

    @Test
    void aTerminalStepNeedsNoOutcome() {
        joiner.add(seen(0, 0));
        joiner.add(new SeenStep(0, 1, new byte[2], new float[0], true));
        List<JoinedStep> whole = joiner.add(0, outcome(0));
        assertThat(names(whole)).containsExactly("0/0", "0/1");
        assertThat(whole.get(1).outcome()).isNull();
    }

    @Test
    void anOutcomeMayComeAsLateAsTheLagAndNoLater() {
        joiner.add(seen(0, 0));
        for (int step = 1; step <= LAG; step++) {
            joiner.add(seen(0, step));
            joiner.add(0, outcome(step));
        }
        StepJoiner other = new StepJoiner(LAG);
        other.restore(joiner.snapshot());
        assertThat(names(joiner.add(0, outcome(0)))).containsExactly("0/0", "0/1", "0/2", "0/3");
        // One step more, and the first is given up.
        assertThat(names(other.add(seen(0, LAG + 1)))).containsExactly("0/1", "0/2", "0/3");
        assertThat(other.add(0, outcome(0))).isEmpty();
        assertThat(other.counts()).isEqualTo(new Counts(3, 0, 1, 0, 1));
    }

    @Test
    void aMissingPictureIsGivenUpToo() {
        joiner.add(0, outcome(0));
        joiner.add(seen(0, 1));
        joiner.add(0, outcome(1));
        assertThat(names(joiner.add(seen(0, 4)))).containsExactly("0/1");
        assertThat(joiner.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0));
    }

    @Test
    void aLeapInTheNumbersCostsNoTime() {
        joiner.add(seen(0, 0));
        joiner.add(0, outcome(0));
        long far = Long.MAX_VALUE - 1;
        joiner.add(seen(0, far));
        assertThat(joiner.waiting()).isEqualTo(1);
        // 1 to far - LAG - 1 are given up
        assertThat(joiner.counts().unseen()).isEqualTo(far - LAG - 1);
    }

    @Test
    void aNewEpisodeEndsTheOneBefore() {
        joiner.add(seen(0, 0));
        joiner.add(seen(0, 1));
        joiner.add(0, outcome(1));
        assertThat(names(joiner.add(seen(1, 0)))).containsExactly("0/1");
        assertThat(joiner.counts().unknown()).isEqualTo(1);
        assertThat(joiner.add(0, outcome(0))).isEmpty();
        assertThat(joiner.counts().over()).isEqualTo(1);
        assertThat(names(joiner.add(1, outcome(0)))).containsExactly("1/0");
    }

    @Test
    void theFirstOfTwoHalvesCounts() {
        joiner.add(0, outcome(0));
        joiner.add(0, new StepOutcome(0, new float[] {1}, 0.9f, false));
        assertThat(joiner.counts().repeated()).isEqualTo(1);
        assertThat(joiner.add(seen(0, 0)).get(0).outcome().reward()).isEqualTo(0.5f);
    }

    @Test
    void anyOrderWithinTheLagGivesTheSameSteps() {
        for (int seed = 0; seed < 200; seed++) {
            List<Half> halves = shuffledWithinLag(seed);
            StepJoiner fresh = new StepJoiner(LAG);
            List<String> given = new ArrayList<>();
            for (Half half : halves) {
                given.addAll(names(half.into(fresh)));
                assertThat(fresh.waiting()).isLessThanOrEqualTo(LAG + 1);
            }
            List<String> all = new ArrayList<>();
            for (int step = 0; step < 20; step++) {
                all.add("0/" + step);
            }
            assertThat(given).as("seed %d", seed).isEqualTo(all);
        }
    }

    /** Each half is moved back by less than the lag, so that no number is overtaken by more. */
    private static List<Half> shuffledWithinLag(int seed) {
        CounterRandom random = new CounterRandom(seed, 0, 0);
        List<Half> halves = new ArrayList<>();
        List<Double> places = new ArrayList<>();
        for (int step = 0; step < 20; step++) {
            for (boolean isSeen : new boolean[] {true, false}) {
                double place = step + LAG * random.nextDouble();
                int at = 0;
                while (at < places.size() && places.get(at) <= place) {
                    at++;
                }
                places.add(at, place);
                halves.add(at, new Half(0, step, isSeen));
            }
        }
        return halves;
    }

    @Test
    void resumedAtAnyPointItGivesWhatItWouldHaveGiven() {
        for (int seed = 0; seed < 20; seed++) {
            List<Half> halves = disorder(seed);
            StepJoiner straight = new StepJoiner(LAG);
            List<String> expected = new ArrayList<>();
            halves.forEach(half -> expected.addAll(names(half.into(straight))));
            for (int stop = 0; stop <= halves.size(); stop++) {
                StepJoiner first = new StepJoiner(LAG);
                List<String> given = new ArrayList<>();
                halves.subList(0, stop).forEach(half -> given.addAll(names(half.into(first))));
                StepJoiner resumed = new StepJoiner(LAG);
                resumed.restore(first.snapshot());
                halves.subList(stop, halves.size())
                        .forEach(half -> given.addAll(names(half.into(resumed))));
                assertThat(given).isEqualTo(expected);
                assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
            }
        }
    }

    @Test
    void aFloodLeavesNoMoreThanTheLagInState() {
        StepJoiner flooded = new StepJoiner(LAG);
        for (int seed = 0; seed < 50; seed++) {
            for (Half half : disorder(seed)) {
                half.into(flooded);
                assertThat(flooded.waiting()).isLessThanOrEqualTo(LAG + 1);
            }
        }
        for (int step = 0; step < 10_000; step++) {
            flooded.add(seen(9, step));
        }
        assertThat(flooded.waiting()).isEqualTo(LAG + 1);
    }

    /** Halves of few episodes in an order of their own, with repeats and holes. */
    private static List<Half> disorder(int seed) {
        CounterRandom random = new CounterRandom(seed, 1, 0);
        List<Half> halves = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int episode = i / 25 - (random.nextDouble() < 0.1 && i > 25 ? 1 : 0);
            long sequence = Math.max(0, i % 25 / 2 + random.nextLong(9) - 4);
            halves.add(new Half(episode, sequence, random.nextDouble() < 0.5));
        }
        return halves;
    }

    @Test
    void wrongCallsAreRefused() {
        assertThatThrownBy(() -> new StepJoiner(0)).hasMessageContaining("maxLag is 0");
        assertThatThrownBy(() -> joiner.add(seen(0, -1))).hasMessageContaining("-1");
        assertThatThrownBy(() -> joiner.add(-2, outcome(0))).hasMessageContaining("-2");
        joiner.add(seen(0, 0));
        byte[] snapshot = joiner.snapshot();
        byte[] cut = Arrays.copyOf(snapshot, snapshot.length - 3);
        assertThatThrownBy(() -> joiner.restore(cut)).hasMessageContaining("cut short");
    }

    static SeenStep seen(long episode, long sequence) {
        return new SeenStep(
                episode,
                sequence,
                new byte[] {(byte) episode, (byte) sequence},
                new float[0],
                false);
    }

    static StepOutcome outcome(long sequence) {
        return new StepOutcome(sequence, new float[] {0.25f}, 0.5f, sequence % 2 == 1);
    }

    static List<String> names(List<JoinedStep> steps) {
        return steps.stream()
                .map(step -> step.seen().episode() + "/" + step.seen().sequence())
                .toList();
    }
}
