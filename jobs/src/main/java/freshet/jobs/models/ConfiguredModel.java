package freshet.jobs.models;

import freshet.jobs.CommandFailure;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import freshet.pipelines.ModelSettings;
import freshet.pipelines.RobotOptions;
import java.util.List;
import org.apache.flink.configuration.Configuration;

/** What the settings say of one model. */
public final class ConfiguredModel {

    private ConfiguredModel() {}

    /**
     * The model's settings.
     *
     * @throws CommandFailure if the settings have none of that name
     * @throws IllegalArgumentException if an option is out of range
     */
    public static ModelSettings<?, ?> of(Configuration config, String model) {
        List<? extends ModelSettings<?, ?>> all =
                switch (config.get(FreshetOptions.PIPELINE)) {
                    case TEXT -> FreshetOptions.texts(config);
                    case IMAGES -> ImageOptions.images(config);
                    case ROBOTS -> RobotOptions.robots(config);
                };
        for (ModelSettings<?, ?> one : all) {
            if (one.learner().modelName().equals(model)) {
                return one;
            }
        }
        throw new CommandFailure(
                "the settings have no model %s, only %s"
                        .formatted(model, FreshetOptions.models(config)));
    }
}
