package freshet.jobs.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.jobs.AlertedRecords;
import freshet.schemas.Action;
import freshet.schemas.Alert;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Measurement;
import freshet.schemas.NextToken;
import freshet.schemas.Telemetry;
import freshet.schemas.TextPrediction;
import freshet.schemas.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Turns a record of a topic into one line, for people or as JSON. */
interface RecordLines {

    /** One line, without its end. */
    String line(ConsumerRecord<byte[], byte[]> record, boolean json)
            throws UndecodableRecordException;

    /** How well each text was predicted and what may follow it. */
    static RecordLines textPredictions() {
        AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
        return (record, json) -> {
            TextPrediction prediction = codec.decode(record.value());
            return json ? JsonRecords.of(prediction).toString() : line(prediction);
        };
    }

    /** The class of each image. */
    static RecordLines imagePredictions() {
        AvroCodec<ImagePrediction> codec = AvroCodec.of(ImagePrediction.class);
        return (record, json) -> {
            ImagePrediction prediction = codec.decode(record.value());
            return json ? JsonRecords.of(prediction).toString() : line(prediction);
        };
    }

    /** What robots are to do. */
    static RecordLines actions() {
        AvroCodec<Action> codec = AvroCodec.of(Action.class);
        return (record, json) -> {
            Action action = codec.decode(record.value());
            return json
                    ? JsonRecords.of(action).toString()
                    : "%s %s/%d/%d %s  version %d, %d ms after it was seen"
                            .formatted(
                                    action.getModelName(),
                                    action.getRobot(),
                                    action.getEpisode(),
                                    action.getSequence(),
                                    action.getValues(),
                                    action.getModelVersion(),
                                    action.getActionTime() - action.getObservationTime());
        };
    }

    /** What the parts of the pipeline measured; for people, heads and layers are merged. */
    static RecordLines telemetry() {
        AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);
        return (record, json) -> {
            Telemetry telemetry = codec.decode(record.value());
            return json ? JsonRecords.of(telemetry).toString() : line(telemetry);
        };
    }

    /** What is wrong with a model, and since which version. */
    static RecordLines alerts() {
        AvroCodec<Alert> codec = AvroCodec.of(Alert.class);
        return (record, json) -> {
            Alert alert = codec.decode(record.value());
            return json
                    ? JsonRecords.of(alert).toString()
                    : "%s %-4s %s  v%d%s%s%s  %s"
                            .formatted(
                                    Instant.ofEpochMilli(alert.getEventTime())
                                            .truncatedTo(ChronoUnit.MILLIS),
                                    alert.getResolved() ? "over" : alert.getSeverity(),
                                    alert.getDedupeKey(),
                                    alert.getModelVersion(),
                                    alert.getLastGoodVersion() < 0
                                            ? ""
                                            : ", good v" + alert.getLastGoodVersion(),
                                    alert.getPart().isEmpty()
                                            ? ""
                                            : "  %s %d"
                                                    .formatted(alert.getPart(), alert.getNumber()),
                                    alert.getRecords().isEmpty()
                                            ? ""
                                            : "  records " + AlertedRecords.words(alert),
                                    alert.getMessage());
        };
    }

    /** What was put aside, and why. */
    static RecordLines deadLetters() {
        return (record, json) -> json ? deadLetterJson(record) : deadLetterLine(record);
    }

    private static String line(TextPrediction prediction) {
        StringBuilder line = new StringBuilder();
        line.append(
                String.format(
                        Locale.ROOT,
                        "%s %s/%d %d B  %.3f bits/byte (model %.3f, +neighbours %.3f, contexts"
                                + " %.3f",
                        prediction.getModelName(),
                        prediction.getSource(),
                        prediction.getSequence(),
                        prediction.getTextBytes(),
                        perByte(prediction, prediction.getBitsAll()),
                        perByte(prediction, prediction.getBitsModel()),
                        perByte(prediction, prediction.getBitsModelAndNeighbours()),
                        perByte(prediction, prediction.getBitsContexts())));
        if (prediction.getBitsFrozen() != null) {
            double frozen = perByte(prediction, prediction.getBitsFrozen());
            line.append(String.format(Locale.ROOT, ", frozen %.3f", frozen));
        }
        line.append(')');
        line.append(version(prediction.getModelVersion(), prediction.getModelAgeMillis()));
        line.append("  next");
        for (NextToken next : prediction.getNextTokens()) {
            line.append(
                    String.format(
                            Locale.ROOT,
                            " \"%s\" %.2f",
                            ReadableBytes.of(next.getToken()),
                            next.getProbability()));
        }
        return line.toString();
    }

    private static String line(ImagePrediction prediction) {
        return String.format(
                        Locale.ROOT,
                        "%s %s  class %d, probability %.3f",
                        prediction.getModelName(),
                        prediction.getRecordId(),
                        prediction.getLabel(),
                        prediction.getProbabilities().get(prediction.getLabel()))
                + version(prediction.getModelVersion(), prediction.getModelAgeMillis());
    }

    private static String version(long version, long ageMillis) {
        String age =
                ageMillis < 0 ? "" : String.format(Locale.ROOT, " age %.1f s", ageMillis / 1e3);
        return "  v" + version + age;
    }

    private static double perByte(TextPrediction prediction, double bits) {
        return bits / Math.max(1, prediction.getTextBytes());
    }

    private static String line(Telemetry telemetry) {
        Map<String, double[]> merged = new LinkedHashMap<>(); // count, sum, min, max
        for (Measurement point : telemetry.getMeasurements()) {
            double[] all =
                    merged.computeIfAbsent(
                            point.getName(),
                            unused -> new double[] {0, 0, Double.MAX_VALUE, -Double.MAX_VALUE});
            all[0] += point.getCount();
            all[1] += point.getSum();
            all[2] = Math.min(all[2], point.getMin());
            all[3] = Math.max(all[3], point.getMax());
        }
        StringBuilder line = new StringBuilder();
        line.append(telemetry.getModelName()).append(' ').append(telemetry.getPart());
        line.append(' ').append(telemetry.getNumber());
        merged.forEach(
                (name, all) -> {
                    line.append(String.format(Locale.ROOT, "  %s %.4g", name, all[1] / all[0]));
                    if (all[2] < all[3]) {
                        line.append(String.format(Locale.ROOT, " [%.4g, %.4g]", all[2], all[3]));
                    }
                });
        return line.toString();
    }

    private static String deadLetterLine(ConsumerRecord<byte[], byte[]> record) {
        String source = header(record, "freshet.source");
        String where =
                source.isEmpty()
                        ? "%s-%s@%s"
                                .formatted(
                                        header(record, "freshet.topic"),
                                        header(record, "freshet.partition"),
                                        header(record, "freshet.offset"))
                        : "%s/%s..%s"
                                .formatted(
                                        source,
                                        header(record, "freshet.sequence.first"),
                                        header(record, "freshet.sequence.last"));
        byte[] value = record.value() == null ? new byte[0] : record.value();
        return "%s %s %s: %s  [%d B] %s"
                .formatted(
                        Instant.ofEpochMilli(record.timestamp()).truncatedTo(ChronoUnit.MILLIS),
                        header(record, "freshet.reason"),
                        where,
                        header(record, "freshet.detail"),
                        value.length,
                        ReadableBytes.startOf(value, 60));
    }

    private static String deadLetterJson(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode object = JsonRecords.newObject();
        object.put("partition", record.partition());
        object.put("offset", record.offset());
        object.put("timestamp", record.timestamp());
        ObjectNode headers = object.putObject("headers");
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value() == null ? null : text(header.value()));
        }
        object.put("keyBase64", base64(record.key()));
        object.put("valueBase64", base64(record.value()));
        return object.toString();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : text(header.value());
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static String base64(byte[] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }
}
