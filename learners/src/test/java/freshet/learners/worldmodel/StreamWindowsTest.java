package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.CounterRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How robots' streams are cut into windows. */
class StreamWindowsTest {

    private static final Frame FRAME = new Frame(2, 3, 1);

    /** Six bytes of picture; felt, action and reward. */
    private static final int STEP_BYTES = 6 + 3 * 4;

    private static StreamWindows windows(int length, int stride) {
        return windows(length, stride, 1000, 0);
    }

    private static StreamWindows windows(int length, int stride, int steps, long first) {
        return new StreamWindows(
                FRAME,
                1,
                1,
                new WorldModelLearningConfig.Windows(
                        length, stride, (long) steps * STEP_BYTES, first));
    }

    private static RobotStep step(String robot, long episode, long sequence) {
        byte[] picture = {0, 0, 0, 0, 0, (byte) sequence};
        float[] felt = {episode};
        float[] action = {sequence / 100f};
        return new RobotStep(robot, episode, sequence, picture, felt, action, sequence);
    }

    private static void add(StreamWindows windows, String robot, long episode, int from, int to) {
        for (int sequence = from; sequence < to; sequence++) {
            assertThat(windows.add(step(robot, episode, sequence))).isTrue();
        }
    }

    /** Episode and steps of each window. */
    private static List<String> next(StreamWindows windows, int length) {
        List<String> cut = new ArrayList<>();
        for (ExperienceStore.Sequence window : windows.next(new CounterRandom(1, 2, 0))) {
            var text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                float[] values = window.values(i);
                int at = window.valuesAt(i);
                int sequence = window.pictures(i)[window.pictureAt(i) + 5];
                assertThat(values[at + 1]).isEqualTo(sequence / 100f);
                assertThat(values[at + 2]).isEqualTo((float) sequence);
                text.append("%.0f/%d ".formatted(values[at], sequence));
            }
            cut.add(text.toString().strip());
        }
        return cut;
    }

    @Test
    void windowsFollowEachOtherAtTheStride() {
        StreamWindows apart = windows(3, 3);
        add(apart, "a", 0, 0, 7);
        assertThat(next(apart, 3)).containsExactly("0/0 0/1 0/2", "0/3 0/4 0/5");
        assertThat(apart.steps()).isEqualTo(1);
        StreamWindows over = windows(3, 2);
        add(over, "a", 0, 0, 7);
        assertThat(next(over, 3)).containsExactly("0/0 0/1 0/2", "0/2 0/3 0/4", "0/4 0/5 0/6");
    }

    @Test
    void aWindowIsGivenOnce() {
        StreamWindows windows = windows(3, 3);
        add(windows, "a", 0, 0, 4);
        assertThat(next(windows, 3)).hasSize(1);
        assertThat(next(windows, 3)).isEmpty();
        add(windows, "a", 0, 4, 6);
        assertThat(next(windows, 3)).containsExactly("0/3 0/4 0/5");
    }

    @Test
    void noWindowReachesOverAGapOrAnEpisodeOrARobot() {
        StreamWindows windows = windows(3, 1);
        add(windows, "a", 0, 0, 2);
        add(windows, "b", 7, 2, 4);
        add(windows, "a", 0, 3, 6);
        add(windows, "a", 1, 6, 8);
        add(windows, "a", 2, 8, 11);
        assertThat(next(windows, 3)).containsExactly("0/3 0/4 0/5", "2/8 2/9 2/10");
    }

    @Test
    void duplicatesAndLateStepsAreLeftOut() {
        StreamWindows windows = windows(3, 3);
        add(windows, "a", 4, 0, 3); // none of them waits any more
        assertThat(windows.add(step("a", 4, 2))).isFalse();
        assertThat(windows.add(step("a", 3, 9))).isFalse();
        assertThat(windows.add(step("b", 3, 9))).isTrue();
    }

    @Test
    void whatIsCutBeforeThereIsEnoughIsLost() {
        StreamWindows windows = windows(3, 3, 1000, 5);
        add(windows, "a", 0, 0, 4);
        assertThat(next(windows, 3)).isEmpty();
        add(windows, "a", 0, 4, 6);
        assertThat(next(windows, 3)).containsExactly("0/3 0/4 0/5");
    }

    @Test
    void theRobotThatWasSilentLongestIsForgotten() {
        StreamWindows windows = windows(40, 40, 60, 0);
        add(windows, "a", 0, 0, 39);
        add(windows, "b", 0, 0, 20);
        add(windows, "a", 1, 0, 1); // one of a, twenty of b
        add(windows, "c", 0, 0, 39);
        assertThat(windows.bytes()).isEqualTo(60 * STEP_BYTES);
        add(windows, "d", 0, 0, 1); // b goes
        assertThat(windows.steps()).isEqualTo(41);
        assertThat(windows.add(step("b", 0, 0))).isTrue();
        assertThat(windows.add(step("a", 1, 0))).isFalse();
        for (int robot = 0; robot < 100; robot++) {
            add(windows, "robot" + robot, 0, 0, 40); // no step of theirs waits
            assertThat(windows.bytes()).isLessThanOrEqualTo(60 * STEP_BYTES);
        }
    }

    @Test
    void goesBack() throws IOException {
        StreamWindows windows = windows(4, 2);
        add(windows, "a", 0, 0, 5);
        add(windows, "b", 0, 0, 2);
        next(windows, 4);
        byte[] before = bytes(windows);
        Runnable wayBack = windows.wayBack();
        add(windows, "a", 0, 5, 9);
        add(windows, "c", 0, 0, 9);
        next(windows, 4);
        wayBack.run();
        assertThat(bytes(windows)).isEqualTo(before);
        assertThat(next(windows, 4)).isEmpty();
    }

    @Test
    void resumedAtAnyPointItCutsWhatItWouldHaveCut() throws IOException {
        List<RobotStep> stream = new ArrayList<>();
        for (int sequence = 0; sequence < 12; sequence++) {
            if (sequence != 5) {
                stream.add(step("a", 0, sequence));
            }
            stream.add(step("b", sequence / 7, sequence));
        }
        StreamWindows straight = windows(4, 2);
        stream.forEach(straight::add);
        List<String> expected = next(straight, 4);
        assertThat(expected).hasSize(6); // three of each
        for (int stop = 0; stop <= stream.size(); stop++) {
            StreamWindows first = windows(4, 2);
            stream.subList(0, stop).forEach(first::add);
            List<String> given = new ArrayList<>(next(first, 4));
            StreamWindows resumed = windows(4, 2);
            resumed.read(new DataInputStream(new ByteArrayInputStream(bytes(first))), Map.of())
                    .run();
            stream.subList(stop, stream.size()).forEach(resumed::add);
            given.addAll(next(resumed, 4));
            assertThat(given).isEqualTo(expected);
            assertThat(bytes(resumed)).isEqualTo(bytes(straight));
        }
    }

    private static byte[] bytes(StreamWindows windows) throws IOException {
        var bytes = new ByteArrayOutputStream();
        windows.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    @Test
    void boundsThatHoldNoWindowAreRefused() {
        assertThatThrownBy(() -> windows(100, 4, 99, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("windows.bytes is 1782, a window of 100 steps needs 1800");
    }
}
