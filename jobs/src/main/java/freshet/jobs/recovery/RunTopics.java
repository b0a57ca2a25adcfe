package freshet.jobs.recovery;

import freshet.pipelines.FreshetOptions;
import java.util.Map;

/** Topics of one run; several runs read the same texts. */
record RunTopics(
        String texts, String models, String predictions, String telemetry, String deadLetters) {

    static RunTopics of(String run, String texts) {
        return new RunTopics(
                texts,
                run + ".models",
                run + ".predictions",
                run + ".telemetry",
                run + ".deadletters");
    }

    void into(Map<String, String> settings) {
        settings.put(FreshetOptions.TEXT_TOPIC.key(), texts);
        settings.put(FreshetOptions.MODELS_TOPIC.key(), models);
        settings.put(FreshetOptions.PREDICTIONS_TOPIC.key(), predictions);
        settings.put(FreshetOptions.TELEMETRY_TOPIC.key(), telemetry);
        settings.put(FreshetOptions.DEAD_LETTERS_TOPIC.key(), deadLetters);
    }
}
