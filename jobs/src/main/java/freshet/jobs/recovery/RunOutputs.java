package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import freshet.learners.LearnerSnapshot;
import freshet.schemas.AvroCodec;
import freshet.schemas.ModelManifest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a run has left in its topics, by record key.
 *
 * @param models SHA-256, in hex, of the newest value of each key, as the compacted topic keeps it
 * @param learnerHash of the last manifest: weights, moments and counters; null until it is there
 * @param problem the first broken promise: a repeat where there must be none, or a repeat with
 *     other bytes; null if there is none
 */
record RunOutputs(
        Map<String, byte[]> models,
        Map<String, byte[]> predictions,
        Map<String, byte[]> telemetry,
        String learnerHash,
        String problem) {

    /** Metadata of the last manifest of a bounded stream. */
    private static final String LEARNER_HASH = "learner.hash";

    /**
     * @param stream whose records were answered
     * @param comparesPredictions whether a prediction written twice must be the same bytes
     */
    static RunOutputs read(
            KafkaAccess kafka, RunTopics topics, RealStream stream, boolean comparesPredictions) {
        var models = new Reading(RunOutputs::key, RunOutputs::sha256);
        var predictions = new Reading(stream::key, value -> value);
        var telemetry = new Reading(RunOutputs::key, value -> value);
        String[] learnerHash = new String[1];
        new TopicReader(kafka, topics.models())
                .toTheEnd(
                        record -> {
                            String hash = hash(record.value());
                            learnerHash[0] = hash == null ? learnerHash[0] : hash;
                            return models.add(record);
                        });
        new TopicReader(kafka, topics.predictions()).toTheEnd(predictions::add);
        new TopicReader(kafka, topics.telemetry()).toTheEnd(telemetry::add);
        String problem = telemetry.repeated;
        if (problem == null && comparesPredictions) {
            problem = predictions.changed;
        }
        return new RunOutputs(
                models.byKey, predictions.byKey, telemetry.byKey, learnerHash[0], problem);
    }

    /** Names the first difference to {@code other}, or returns null. */
    String differenceTo(RunOutputs other, boolean evaluation) {
        if (problem != null) {
            return problem;
        }
        if (!learnerHash.equals(other.learnerHash)) {
            return "learner hash %s, undisturbed %s".formatted(learnerHash, other.learnerHash);
        }
        String difference = difference("models", models, other.models);
        if (difference == null && evaluation) {
            difference = difference("predictions", predictions, other.predictions);
        }
        if (difference == null && !predictions.keySet().equals(other.predictions.keySet())) {
            difference = "predictions of other records";
        }
        return difference != null
                ? difference
                : difference(
                        "telemetry",
                        evaluation ? telemetry : learners(telemetry),
                        evaluation ? other.telemetry : learners(other.telemetry));
    }

    /** Live, the memory holds keys of whichever version answered; the learner is the same. */
    private static Map<String, byte[]> learners(Map<String, byte[]> telemetry) {
        var learners = new TreeMap<>(telemetry);
        learners.keySet().removeIf(key -> !LoopbackRun.isLearners(key));
        return learners;
    }

    private static String difference(
            String stream, Map<String, byte[]> here, Map<String, byte[]> there) {
        if (!here.keySet().equals(there.keySet())) {
            return "%s: %d keys, undisturbed %d".formatted(stream, here.size(), there.size());
        }
        for (var entry : here.entrySet()) {
            if (!Arrays.equals(entry.getValue(), there.get(entry.getKey()))) {
                return "%s: %s differs".formatted(stream, entry.getKey());
            }
        }
        return null;
    }

    /** The learner's hash, if this is the last manifest; else null. */
    private static String hash(byte[] value) {
        AvroCodec<ModelManifest> manifests = AvroCodec.of(ModelManifest.class);
        if (!manifests.recognises(value)) {
            return null;
        }
        return manifests.decodeOwn(value).getMetadata().get(LEARNER_HASH);
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    private static byte[] sha256(byte[] value) {
        return LearnerSnapshot.sha256(value).getBytes(StandardCharsets.US_ASCII);
    }

    /** One topic. */
    private static final class Reading {
        private final Function<ConsumerRecord<byte[], byte[]>, String> keys;
        private final UnaryOperator<byte[]> values;
        private final Map<String, byte[]> byKey = new TreeMap<>();
        private String repeated;
        private String changed;

        Reading(
                Function<ConsumerRecord<byte[], byte[]>, String> keys,
                UnaryOperator<byte[]> values) {
            this.keys = keys;
            this.values = values;
        }

        boolean add(ConsumerRecord<byte[], byte[]> record) {
            String key = keys.apply(record);
            byte[] value = values.apply(record.value());
            byte[] before = byKey.put(key, value);
            if (before != null) {
                repeated = record.topic() + ": " + key + " is there twice";
                if (!Arrays.equals(before, value)) {
                    changed = record.topic() + ": " + key + " came again with other bytes";
                }
            }
            return true;
        }
    }
}
