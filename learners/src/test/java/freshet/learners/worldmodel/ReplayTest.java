package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** What is kept of what robots did, and what is drawn of it. */
class ReplayTest {

    private static final Frame FRAME = new Frame(2, 3, 1);

    /** 32 steps of 6 bytes and two floats. */
    private static final int SEGMENT = 32 * 14;

    private static final int SHORTEST = 4;

    private static Replay replay(int segments) {
        return replay(segments, SHORTEST);
    }

    private static Replay replay(int segments, int shortest) {
        return new Replay(
                FRAME,
                0,
                1,
                new WorldModelLearningConfig.Sampling(
                        2, shortest, 1, (long) segments * SEGMENT, 10));
    }

    /** A step that can be told by its picture, action and reward. */
    private static RobotStep step(String robot, long episode, long sequence) {
        byte[] picture = new byte[6];
        Arrays.fill(picture, (byte) (sequence % 100));
        float[] action = {sequence / 1000f};
        return new RobotStep(
                robot, episode, sequence, picture, new float[0], action, episode * 10 + sequence);
    }

    private static void add(Replay replay, String robot, long episode, long from, long to) {
        for (long sequence = from; sequence < to; sequence++) {
            assertThat(replay.add(step(robot, episode, sequence))).isTrue();
        }
    }

    private static CounterRandom random() {
        return new CounterRandom(1, 2, 0);
    }

    @Test
    void whatIsDrawnIsWhatWasAdded() {
        Replay replay = replay(64);
        add(replay, "a", 3, 0, 70); // across segments
        for (Replay.Chunk chunk : replay.draw(random(), 50, 10, 1)) {
            for (int i = 0; i < 10; i++) {
                long sequence = chunk.first() + i;
                assertThat(chunk.pictures(i)[chunk.pictureAt(i) + 5]).isEqualTo((byte) sequence);
                assertThat(chunk.values(i)[chunk.valuesAt(i)]).isEqualTo(sequence / 1000f);
                assertThat(chunk.values(i)[chunk.valuesAt(i) + 1])
                        .isEqualTo(30f + (float) sequence);
            }
        }
    }

    @Test
    void aDrawStaysInsideOneEpisodeAndInsideItsGaps() {
        Replay replay = replay(64);
        add(replay, "a", 0, 0, 5);
        add(replay, "a", 1, 0, 3); // too short
        add(replay, "a", 1, 7, 12); // after a gap
        add(replay, "b", 0, 0, 3);
        Set<Long> firsts = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            for (Replay.Chunk chunk : replay.draw(new CounterRandom(i, 0, 0), 2, 4, 1)) {
                assertThat(chunk.robot()).isEqualTo("a");
                firsts.add(chunk.first());
            }
        }
        assertThat(firsts).containsExactlyInAnyOrder(0L, 1L, 7L, 8L);
    }

    @Test
    void runsAreDrawnWithoutReplacementWhileThereAreAsMany() {
        Replay replay = replay(64);
        for (int robot = 0; robot < 5; robot++) {
            add(replay, "robot" + robot, 0, 0, SHORTEST);
        }
        List<String> drawn =
                replay.draw(random(), 5, SHORTEST, 1).stream().map(Replay.Chunk::robot).toList();
        assertThat(drawn).doesNotHaveDuplicates().hasSize(5);
        List<String> twice =
                replay.draw(random(), 10, SHORTEST, 1).stream().map(Replay.Chunk::robot).toList();
        assertThat(twice.subList(0, 5)).doesNotHaveDuplicates();
        assertThat(twice.subList(5, 10)).doesNotHaveDuplicates();
        List<String> pairs =
                replay.draw(random(), 4, SHORTEST, 2).stream().map(Replay.Chunk::robot).toList();
        assertThat(pairs.get(0)).isEqualTo(pairs.get(1)).isNotEqualTo(pairs.get(2));
        assertThat(pairs.get(2)).isEqualTo(pairs.get(3));
    }

    @Test
    void runsAndStartsAreUniform() {
        Replay replay = replay(64);
        add(replay, "short", 0, 0, 5); // two starts
        add(replay, "long", 0, 0, 23); // twenty
        int ofShort = 0;
        int[] starts = new int[20];
        int draws = 4000;
        for (int i = 0; i < draws; i++) {
            Replay.Chunk chunk = replay.draw(new CounterRandom(9, i, 0), 1, 4, 1).get(0);
            if (chunk.robot().equals("short")) {
                ofShort++;
            } else {
                starts[(int) chunk.first()]++;
            }
        }
        // Four standard deviations of 4000 draws of a half, and of 2000 of a twentieth.
        assertThat(ofShort).isCloseTo(draws / 2, within(130));
        for (int count : starts) {
            assertThat(count).isCloseTo(100, within(40));
        }
    }

    @Test
    void nothingIsDrawnBeforeThereIsEnough() {
        Replay replay = replay(64);
        add(replay, "a", 0, 0, 9);
        assertThat(replay.next(random())).isEmpty();
        add(replay, "a", 0, 9, 10);
        assertThat(replay.next(random())).hasSize(2);
    }

    /** So many segments as the steps fill, counted by hand. */
    @Test
    void aBoundInStepsIsOneInBytes() {
        assertThat(Replay.bytes(FRAME, 0, 1, 256)).isEqualTo(8 * SEGMENT);
        assertThat(Replay.bytes(FRAME, 0, 1, 257)).isEqualTo(9 * SEGMENT);
    }

    @Test
    void nothingIsDrawnWhereNoRunIsLongEnough() {
        Replay replay = replay(64);
        add(replay, "a", 0, 0, SHORTEST - 1);
        assertThat(replay.draw(random(), 2, SHORTEST, 1)).isEmpty();
    }

    @Test
    void duplicatesAndLateStepsAreLeftOut() {
        Replay replay = replay(64);
        add(replay, "a", 4, 0, 3);
        assertThat(replay.add(step("a", 4, 2))).isFalse();
        assertThat(replay.add(step("a", 4, 0))).isFalse();
        assertThat(replay.add(step("a", 3, 9))).isFalse();
        assertThat(replay.add(step("b", 3, 9))).isTrue();
        assertThat(replay.steps()).isEqualTo(4);
        assertThat(replay.seen()).isEqualTo(4);
    }

    @Test
    void theOldestRunGoesFirstAndTheBytesStayBounded() {
        Replay replay = replay(8);
        for (int episode = 0; episode < 30; episode++) {
            add(replay, "a", episode, 0, SHORTEST);
            assertThat(replay.bytes()).isLessThanOrEqualTo(8 * SEGMENT);
        }
        assertThat(replay.steps()).isEqualTo(8 * SHORTEST); // each run holds a segment
        assertThat(replay.seen()).isEqualTo(30 * SHORTEST);
        Set<Float> rewards = new HashSet<>();
        for (Replay.Chunk chunk : replay.draw(random(), 8, SHORTEST, 1)) {
            rewards.add(chunk.values(0)[chunk.valuesAt(0) + 1]);
        }
        assertThat(rewards).hasSize(8).allMatch(reward -> reward >= 220); // episodes 22 to 29
    }

    /** One that never ends its episode is cut into runs of an eighth. */
    @Test
    void anEndlessEpisodeDoesNotPushOutItself() {
        Replay replay = replay(16);
        add(replay, "a", 0, 0, 5000);
        assertThat(replay.bytes()).isLessThanOrEqualTo(16 * SEGMENT);
        assertThat(replay.steps()).isGreaterThan(13 * 32);
    }

    @Test
    void aRobotThatStoppedIsForgottenWithItsSteps() {
        Replay replay = replay(8);
        add(replay, "stopped", 0, 0, 2);
        for (int episode = 0; episode < 10; episode++) {
            add(replay, "a", episode, 0, SHORTEST);
        }
        // Nothing is known of it any more, not even that these are duplicates.
        assertThat(replay.add(step("stopped", 0, 1))).isTrue();
    }

    @Test
    void goesBack() throws IOException {
        Replay replay = replay(8);
        add(replay, "a", 0, 0, 30);
        add(replay, "b", 0, 0, 30);
        replay.changedSegments();
        byte[] before = bytes(replay);
        Runnable wayBack = replay.wayBack();
        add(replay, "a", 0, 30, 60);
        for (int episode = 1; episode < 20; episode++) {
            add(replay, "c", episode, 0, SHORTEST); // pushes a and b out
        }
        wayBack.run();
        assertThat(bytes(replay)).isEqualTo(before);
        assertThat(replay.changedSegments()).isEmpty();
        add(replay, "a", 0, 30, 33); // again, where the undone ones were
        Replay straight = replay(8);
        add(straight, "a", 0, 0, 30);
        add(straight, "b", 0, 0, 30);
        add(straight, "a", 0, 30, 33);
        assertThat(bytes(replay)).isEqualTo(bytes(straight));
    }

    /** Index and segments. */
    private static byte[] bytes(Replay replay) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        replay.write(out);
        for (byte[] piece : replay.allSegments().values()) {
            out.write(piece);
        }
        return bytes.toByteArray();
    }

    @Test
    void onlyWhatHasGrownIsWrittenAgain() {
        Replay replay = replay(64);
        add(replay, "a", 0, 0, 40); // segments 0 and 1
        assertThat(replay.changedSegments()).containsOnlyKeys(0L, 1L);
        add(replay, "b", 0, 0, 1);
        SortedMap<Long, byte[]> changed = replay.changedSegments();
        assertThat(changed).containsOnlyKeys(2L);
        assertThat(changed.get(2L)).hasSize(4 + 14); // a count and one step
        add(replay, "a", 0, 40, 41);
        assertThat(replay.changedSegments()).containsOnlyKeys(1L);
        assertThat(replay.changedSegments()).isEmpty();
        assertThat(replay.segmentNumbers()).containsExactly(0L, 1L, 2L);
    }

    @Test
    void whatIsGoneIsNotAmongTheChanged() {
        Replay replay = replay(8);
        for (int episode = 0; episode < 100; episode++) {
            add(replay, "a", episode, 0, SHORTEST);
        }
        assertThat(replay.changedSegments().keySet()).isEqualTo(replay.segmentNumbers());
    }

    @Test
    void goesOnFromItsBytes() throws IOException {
        Replay straight = replay(16);
        add(straight, "a", 0, 0, 45);
        add(straight, "b", 2, 5, 9);
        Replay resumed = read(straight, 16);
        for (Replay replay : List.of(straight, resumed)) {
            add(replay, "a", 0, 45, 70);
            add(replay, "b", 2, 9, 12);
            assertThat(replay.add(step("b", 2, 9))).isFalse();
        }
        assertThat(bytes(resumed)).isEqualTo(bytes(straight));
    }

    private static Replay read(Replay from, int segments) throws IOException {
        var index = new ByteArrayOutputStream();
        from.write(new DataOutputStream(index));
        Replay read = replay(segments);
        read.read(
                        new DataInputStream(new ByteArrayInputStream(index.toByteArray())),
                        from.allSegments())
                .run();
        return read;
    }

    @Test
    void aSmallerStoreKeepsTheNewest() throws IOException {
        Replay large = replay(64);
        for (int episode = 0; episode < 20; episode++) {
            add(large, "a", episode, 0, SHORTEST);
        }
        Replay small = read(large, 8);
        assertThat(small.bytes()).isEqualTo(8 * SEGMENT);
        assertThat(small.segmentNumbers()).containsExactly(12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L);
    }

    @Test
    void aStoreThatCannotHoldASequenceIsRefused() {
        assertThatThrownBy(() -> replay(8, 33))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sampling.bytes is 3584")
                .hasMessageContaining("needs 7168");
    }
}
