package freshet.jobs.page;

import freshet.pipelines.FreshetOptions;
import freshet.pipelines.FreshetOptions.Pipeline;
import freshet.pipelines.ImageOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.ReadableConfig;

/**
 * Which topics the page reads. Not the models: a version is megabytes, and answers and telemetry
 * say its number.
 */
final class PageTopics {

    /** What a topic holds, and how much of its past is read: so many records a partition. */
    enum Kind {
        TELEMETRY(200_000),
        ANSWERS(20_000),
        OBSERVATIONS(2_000),
        LABELS(10_000),
        ALERTS(20_000),
        COMMANDS(10_000),
        ACKNOWLEDGEMENTS(10_000),
        DEAD_LETTERS(1_000);

        final long past;

        Kind(long past) {
            this.past = past;
        }
    }

    private PageTopics() {}

    static Map<String, Kind> of(ReadableConfig config) {
        Map<String, Kind> topics = new LinkedHashMap<>();
        topics.put(config.get(FreshetOptions.ALERTS_TOPIC), Kind.ALERTS);
        topics.put(config.get(FreshetOptions.CONTROL_TOPIC), Kind.COMMANDS);
        topics.put(config.get(FreshetOptions.ACKNOWLEDGEMENTS_TOPIC), Kind.ACKNOWLEDGEMENTS);
        topics.put(config.get(FreshetOptions.TELEMETRY_TOPIC), Kind.TELEMETRY);
        topics.put(config.get(FreshetOptions.DEAD_LETTERS_TOPIC), Kind.DEAD_LETTERS);
        topics.put(FreshetOptions.observationsTopic(config), Kind.OBSERVATIONS);
        topics.put(FreshetOptions.predictionsTopic(config), Kind.ANSWERS);
        if (config.get(FreshetOptions.PIPELINE) == Pipeline.IMAGES) {
            topics.put(config.get(ImageOptions.LABELS_TOPIC), Kind.LABELS);
        }
        return topics;
    }
}
