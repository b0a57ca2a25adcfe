package freshet.jobs.recovery;

import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RobotOptions;
import java.util.Map;

/** What one run writes; several runs read the same topics. */
record RunTopics(
        String models,
        String predictions,
        String telemetry,
        String alerts,
        String acknowledgements,
        String deadLetters) {

    static RunTopics of(String run) {
        return new RunTopics(
                run + ".models",
                run + ".predictions",
                run + ".telemetry",
                run + ".alerts",
                run + ".acknowledgements",
                run + ".deadletters");
    }

    void into(Map<String, String> settings) {
        settings.put(FreshetOptions.MODELS_TOPIC.key(), models);
        settings.put(FreshetOptions.PREDICTIONS_TOPIC.key(), predictions);
        settings.put(FreshetOptions.IMAGE_PREDICTIONS_TOPIC.key(), predictions);
        settings.put(RobotOptions.ACTIONS_TOPIC.key(), predictions);
        settings.put(FreshetOptions.TELEMETRY_TOPIC.key(), telemetry);
        settings.put(FreshetOptions.ALERTS_TOPIC.key(), alerts);
        settings.put(FreshetOptions.ACKNOWLEDGEMENTS_TOPIC.key(), acknowledgements);
        settings.put(FreshetOptions.DEAD_LETTERS_TOPIC.key(), deadLetters);
    }
}
