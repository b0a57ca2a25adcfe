package freshet.pipelines;

import static org.apache.flink.configuration.ConfigOptions.key;

import freshet.learners.DepthBlend;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of publishing weights between those that a learner began with and its own. */
public final class BlendOptions {

    public static final ConfigOption<Double> ALPHA =
            key("learning.blend-alpha")
                    .doubleType()
                    .defaultValue(1.0)
                    .withDescription(
                            "Share of what was learned in the first layer of published versions,"
                                    + " from 0 to 1; the rest are the weights that the learner began"
                                    + " with, such as those of learning.start-from. 1 with a"
                                    + " blend-beta of 0: nothing is blended. Not for robots.");
    public static final ConfigOption<Double> BETA =
            key("learning.blend-beta")
                    .doubleType()
                    .defaultValue(0.0)
                    .withDescription(
                            "By how much that share is larger in the last layer, rising evenly in"
                                    + " between; with blend-alpha at most 1.");

    private BlendOptions() {}

    /**
     * @throws IllegalArgumentException naming the option that is out of range
     */
    public static DepthBlend.Config read(ReadableConfig config) {
        return new DepthBlend.Config(config.get(ALPHA), config.get(BETA));
    }
}
