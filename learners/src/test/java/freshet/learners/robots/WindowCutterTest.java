package freshet.learners.robots;

import static freshet.learners.robots.StepJoinerTest.names;
import static freshet.learners.robots.StepJoinerTest.outcome;
import static freshet.learners.robots.StepJoinerTest.seen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowCutterTest {

    @Test
    void windowsFollowEachOtherAtTheStride() {
        assertThat(cut(new WindowCutter(3, 3), steps(0, 0, 7)))
                .containsExactly("0/0 0/1 0/2", "0/3 0/4 0/5");
        assertThat(cut(new WindowCutter(3, 2), steps(0, 0, 7)))
                .containsExactly("0/0 0/1 0/2", "0/2 0/3 0/4", "0/4 0/5 0/6");
    }

    @Test
    void noWindowReachesOverAGapOrAnEpisode() {
        List<JoinedStep> stream = new ArrayList<>(steps(0, 0, 2));
        stream.addAll(steps(0, 3, 6));
        stream.addAll(steps(1, 6, 8));
        stream.addAll(steps(2, 8, 11));
        WindowCutter cutter = new WindowCutter(3, 1);
        assertThat(cut(cutter, stream)).containsExactly("0/3 0/4 0/5", "2/8 2/9 2/10");
        // 0/0 0/1; 0/4 0/5, which had been in a window; 1/6 1/7
        assertThat(cutter.dropped()).isEqualTo(6);
    }

    @Test
    void aTerminalStepEndsItsWindowAndNothingFollowsIt() {
        List<JoinedStep> stream = new ArrayList<>(steps(0, 0, 2));
        stream.add(new JoinedStep(new SeenStep(0, 2, new byte[1], new float[0], true), null));
        stream.addAll(steps(0, 3, 5)); // a robot that goes on nevertheless
        assertThat(cut(new WindowCutter(3, 1), stream)).containsExactly("0/0 0/1 0/2");
    }

    @Test
    void resumedAtAnyPointItCutsWhatItWouldHaveCut() {
        List<JoinedStep> stream = new ArrayList<>(steps(0, 0, 5));
        stream.addAll(steps(0, 6, 12));
        stream.addAll(steps(4, 0, 6));
        WindowCutter straight = new WindowCutter(4, 2);
        List<String> expected = cut(straight, stream);
        for (int stop = 0; stop <= stream.size(); stop++) {
            WindowCutter first = new WindowCutter(4, 2);
            List<String> given = new ArrayList<>(cut(first, stream.subList(0, stop)));
            WindowCutter resumed = new WindowCutter(4, 2);
            resumed.restore(first.snapshot());
            given.addAll(cut(resumed, stream.subList(stop, stream.size())));
            assertThat(given).isEqualTo(expected);
            assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
        }
    }

    @Test
    void aStepThatIsNotBehindTheOneBeforeIsRefused() {
        WindowCutter cutter = new WindowCutter(4, 2);
        cut(cutter, steps(1, 3, 5));
        assertThatThrownBy(() -> cut(cutter, steps(1, 4, 5)))
                .hasMessageContaining("step 4 of episode 1 came after step 4");
        assertThatThrownBy(() -> cut(cutter, steps(0, 9, 10))).hasMessageContaining("episode 0");
        assertThatThrownBy(() -> new WindowCutter(1, 1)).hasMessageContaining("1 steps");
        assertThatThrownBy(() -> new WindowCutter(3, 4)).hasMessageContaining("stride is 4");
    }

    private static List<JoinedStep> steps(long episode, int from, int to) {
        List<JoinedStep> steps = new ArrayList<>();
        for (int step = from; step < to; step++) {
            steps.add(new JoinedStep(seen(episode, step), outcome(step)));
        }
        return steps;
    }

    private static List<String> cut(WindowCutter cutter, List<JoinedStep> steps) {
        List<String> windows = new ArrayList<>();
        for (JoinedStep step : steps) {
            cutter.add(step).forEach(window -> windows.add(String.join(" ", names(window))));
        }
        return windows;
    }
}
