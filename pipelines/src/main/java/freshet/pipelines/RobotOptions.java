package freshet.pipelines;

import static org.apache.flink.configuration.ConfigOptions.key;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of robots alone. */
public final class RobotOptions {

    public static final ConfigOption<String> ROBOTS_TOPIC =
            key("kafka.topics.robots")
                    .stringType()
                    .defaultValue("observations.robot")
                    .withDescription("Topic of what robots see and feel.");
    public static final ConfigOption<String> ACTIONS_TOPIC =
            key("kafka.topics.actions")
                    .stringType()
                    .defaultValue("actions.robot")
                    .withDescription("Topic of what robots should do.");
    public static final ConfigOption<String> CONTROL_TOPIC =
            key("kafka.topics.control")
                    .stringType()
                    .defaultValue("control")
                    .withDescription(
                            "Topic of commands: safeStop and resume go to robots themselves.");

    /** Names of the topics that robots write and read. */
    public record Topics(String observations, String actions, String control) {}

    private RobotOptions() {}

    public static Topics topics(ReadableConfig config) {
        return new Topics(
                config.get(ROBOTS_TOPIC), config.get(ACTIONS_TOPIC), config.get(CONTROL_TOPIC));
    }
}
