package freshet.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import freshet.learners.worldmodel.Experience;
import freshet.learners.worldmodel.WorldModelLearningConfig.Sampling;
import freshet.learners.worldmodel.WorldModelLearningConfig.Windows;
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
    void theExperienceCanBeBoundedOrTheStreamAlone() {
        assertThat(experience()).isEqualTo(new Sampling(16, 12, 1, 256 << 20, 1000));
        // 32 x 32 x 3 bytes, an action and a reward: 3080 of a step, 32 of them in a segment
        assertThat(experience("robots.experience", "recent", "robots.recent-steps", "3200"))
                .isEqualTo(new Sampling(16, 12, 1, 3200 * 3080, 1000));
        assertThat(experience("robots.first-update-after", "60"))
                .isEqualTo(new Sampling(16, 12, 1, 256 << 20, 60));
        assertThat(experience("robots.experience", "stream", "robots.stride", "3"))
                .isEqualTo(new Windows(12, 3, 256 << 20, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> experience("robots.experience", "stream", "robots.stride", "13"))
                .withMessage("robots.stride is 13, must be from 1 to 12");
    }

    private static Experience experience(String... pairs) {
        return RobotOptions.robots(with(pairs)).get(0).learner().learning().experience();
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
