package freshet.jobs.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoRobotCommandTest {

    /** Before anything is started or deleted. */
    @ParameterizedTest
    @CsvSource({
        "--minutes=0, --minutes must be above 0 and up to 1440",
        "--robots=0, --robots must be from 1 to 1000",
        "--hz=-1, --hz must be from 0 to 1000",
        "--steps=0, --steps must be at least 1",
    })
    void aBadValueIsNamed(String option, String message) {
        assertThat(say(2, option)).contains(message).hasLineCount(1);
    }

    @Test
    void aTaskOrDistractionThatThereIsNotIsNamed() {
        assertThat(say(1, "--task=fly")).contains("no task fly, only balance").hasLineCount(1);
        assertThat(say(1, "--distraction=nasty"))
                .contains("no distraction nasty, only none")
                .hasLineCount(1);
    }

    private static String say(int code, String option) {
        Ended ended = Ended.of(List.of("demo", "robot", option));
        assertThat(ended.code()).isEqualTo(code);
        return ended.err();
    }
}
