package freshet.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class RobotOptionsTest {

    private static Configuration with(String... pairs) {
        Map<String, String> options = new TreeMap<>(Map.of("pipeline", "robots"));
        for (int i = 0; i < pairs.length; i += 2) {
            options.put(pairs[i], pairs[i + 1]);
        }
        return Configuration.fromMap(options);
    }

    @Test
    void theDefaultsMakeAModel() {
        RobotSettings settings = RobotOptions.robots(with()).get(0);
        assertThat(settings.learner().modelName()).isEqualTo("robot");
        assertThat(settings.learner().frame().size()).isEqualTo(32 * 32 * 3);
        assertThat(settings.learner().model().behaviour().actions()).isEqualTo(1);
    }

    @Test
    void framesThatTheModelCannotReadAreRefusedBeforeTheJobStarts() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FreshetOptions.check(with("robots.pixels", "14")))
                .withMessage("robots.pixels is 14, must be from 15 to 256");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                FreshetOptions.check(
                                        with("robots.recipe", "reference", "robots.pixels", "83")))
                .withMessage("robots.pixels is 83, must be from 84 to 256");
        FreshetOptions.check(with("robots.recipe", "reference", "robots.pixels", "84"));
    }
}
