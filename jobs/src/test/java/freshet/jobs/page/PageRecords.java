package freshet.jobs.page;

import freshet.schemas.Action;
import freshet.schemas.Alert;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import freshet.schemas.ExplainedToken;
import freshet.schemas.ImageFormat;
import freshet.schemas.ImageObservation;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Label;
import freshet.schemas.Measurement;
import freshet.schemas.Neighbour;
import freshet.schemas.NextToken;
import freshet.schemas.RecordRun;
import freshet.schemas.RobotObservation;
import freshet.schemas.Severity;
import freshet.schemas.StepOutcome;
import freshet.schemas.Telemetry;
import freshet.schemas.TextObservation;
import freshet.schemas.TextPrediction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records as the pipelines write them. */
final class PageRecords {

    static final int LAYERS = 2;
    static final int HEADS = 4;

    private PageRecords() {}

    static ConsumerRecord<byte[], byte[]> record(long offset, long at, SpecificRecordBase value) {
        return new ConsumerRecord<>(
                "any",
                0,
                offset,
                at,
                TimestampType.CREATE_TIME,
                0,
                0,
                new byte[0],
                bytes(value),
                new RecordHeaders(),
                Optional.empty());
    }

    @SuppressWarnings("unchecked")
    static <T extends SpecificRecordBase> byte[] bytes(T value) {
        return AvroCodec.of((Class<T>) value.getClass()).encode(value);
    }

    static Measurement measured(String name, double value) {
        return new Measurement(name, -1, -1, 1L, value, value, value);
    }

    static Telemetry telemetry(String model, String part, long number, Measurement... points) {
        return new Telemetry(model, part, number, number, List.of(points), List.of(), 0);
    }

    /**
     * What a language learner reports.
     *
     * @param entropy normalised, of head {@code HEADS * layer + head}
     */
    static Telemetry learner(
            String model, long update, long at, double loss, IntFunction<Double> entropy) {
        List<Measurement> points = new ArrayList<>();
        points.add(measured("lossNats", loss));
        points.add(measured("gradientNorm", 0.4 + loss / 10));
        points.add(measured("updateWeightRatio", 1e-3 * loss));
        for (int layer = 0; layer < LAYERS; layer++) {
            for (int head = 0; head < HEADS; head++) {
                double mean = entropy.apply(HEADS * layer + head);
                points.add(
                        new Measurement(
                                "attentionEntropyNormalised",
                                layer,
                                head,
                                512L,
                                512 * mean,
                                mean / 3,
                                Math.min(1, mean * 1.5)));
                double logit = 4 / Math.max(0.02, mean);
                points.add(
                        new Measurement("attentionMaxLogit", layer, head, 1L, logit, logit, logit));
            }
        }
        return new Telemetry(model, "learner", update, at, points, List.of(), 0);
    }

    static TextObservation text(String source, long sequence, long at, String text) {
        return new TextObservation(
                source, sequence, at, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), true);
    }

    static TextPrediction answer(
            String model, String source, long sequence, long at, long version, double bitsPerByte) {
        int bytes = 1_000;
        return new TextPrediction(
                model,
                source,
                sequence,
                at,
                true,
                true,
                version,
                at - 2_000,
                2_000L,
                at,
                bytes,
                List.of(1f, 2f),
                bitsPerByte * bytes,
                1.1 * bitsPerByte * bytes,
                1.3 * bitsPerByte * bytes,
                1.6 * bitsPerByte * bytes,
                1.9 * bitsPerByte * bytes,
                List.of(
                        new NextToken(token(" the"), 0.41),
                        new NextToken(token(" his"), 0.12),
                        new NextToken(token("\n"), 0.05)),
                List.of(
                        new Neighbour(4711L, token(" the"), 3.2f, version),
                        new Neighbour(815L, token(" a"), 4.9f, version)),
                0.5f,
                0.3f,
                0.2f,
                List.of(
                        new ExplainedToken(token("went"), 0.05f),
                        new ExplainedToken(token(" every"), 0.1f),
                        new ExplainedToken(ByteBuffer.wrap(new byte[] {' ', (byte) 0xC3}), 0.02f),
                        new ExplainedToken(ByteBuffer.wrap(new byte[] {(byte) 0xA9}), 0.03f),
                        new ExplainedToken(token(" into"), 0.6f)),
                List.of(0.12f, 0.16f, 0.06f, 0.06f, 0.4f),
                1.6);
    }

    private static ByteBuffer token(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static Alert alert(
            String key,
            String model,
            Severity severity,
            boolean resolved,
            long at,
            String message) {
        return new Alert(
                key,
                "ENTROPY_COLLAPSE",
                severity,
                resolved,
                model,
                410L,
                384L,
                at,
                message,
                List.of(
                        new Measurement(
                                "attentionEntropyNormalised", 1, 2, 512L, 25.6, 0.001, 0.2)),
                "learner",
                412L,
                List.of(new RecordRun("mill/980", "mill/983")),
                0);
    }

    static ControlCommand command(
            String id, String model, String action, String issuedBy, boolean dryRun, long at) {
        return new ControlCommand(id, model, action, Map.of(), at, issuedBy, dryRun);
    }

    static ControlAcknowledgement acknowledged(
            String id, String model, boolean accepted, String detail, long step) {
        return new ControlAcknowledgement(
                id, model, accepted, detail, step, "", Map.of(), "", false, -1L, "", -1L, -1L);
    }

    /** A picture of a bright bar whose place is its class. */
    static ImageObservation picture(String id, long sequence, long at, int label) {
        byte[] pixels = new byte[28 * 28];
        for (int y = 4; y < 24; y++) {
            pixels[28 * y + 3 + 2 * label] = (byte) 230;
            pixels[28 * y + 4 + 2 * label] = (byte) 160;
        }
        return new ImageObservation(
                "camera",
                sequence,
                at,
                id,
                ImageFormat.RAW,
                28,
                28,
                1,
                8,
                ByteBuffer.wrap(pixels),
                true);
    }

    static ImagePrediction guess(String model, String id, long sequence, long at, int label) {
        List<Float> probabilities = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            probabilities.add(i == label ? 0.82f : 0.02f);
        }
        return new ImagePrediction(
                model,
                "camera",
                sequence,
                id,
                at,
                true,
                true,
                12L,
                at - 500,
                500L,
                at,
                label,
                probabilities);
    }

    static Label label(String id, int label, long at) {
        return new Label(id, label, at);
    }

    /** An observation with the outcomes of up to three steps before it. */
    static RobotObservation seen(
            String robot, long episode, long sequence, long at, boolean terminal) {
        List<StepOutcome> outcomes = new ArrayList<>();
        for (long step = Math.max(0, sequence - 3); step < sequence; step++) {
            outcomes.add(new StepOutcome(step, 0.5f, List.of(0.1f), step == 1));
        }
        byte[] frame = new byte[3 * 24 * 24];
        for (int i = 0; i < frame.length; i++) {
            frame[i] = (byte) (i / 3 % 24 * 10 + (i % 3) * 20);
        }
        return new RobotObservation(
                robot,
                episode,
                sequence,
                at,
                ByteBuffer.wrap(frame),
                24,
                24,
                List.of(),
                0f,
                terminal,
                100,
                outcomes,
                true,
                true);
    }

    static Action action(String robot, long episode, long sequence, long at, long millis) {
        return new Action(
                robot, episode, sequence, at, at + millis, at + 100, List.of(0.2f), "robot", 7L);
    }
}
