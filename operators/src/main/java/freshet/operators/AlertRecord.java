package freshet.operators;

import freshet.learners.Measurement;
import freshet.learners.stability.rules.Alarm;
import freshet.schemas.Alert;
import freshet.schemas.AvroCodec;
import freshet.schemas.Severity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An alarm on its way to the alerts topic, to people and to the policy. */
public class AlertRecord {
    public String dedupeKey;
    public String rule;

    /** One of {@link freshet.learners.stability.rules.Severity}. */
    public String severity;

    /** The incident is over. */
    public boolean resolved;

    public String modelName;
    public long modelVersion;

    /** -1: unknown. */
    public long lastGoodVersion;

    public long eventTimeMillis;
    public String message;

    // The points that fired it: of each one name, place and mean.
    public String[] names;
    public int[] layers;
    public int[] heads;
    public double[] values;

    /** The {@link Alert} for the topic. */
    public byte[] encoded;

    public AlertRecord() {}

    AlertRecord(Alarm alarm, AvroCodec<Alert> codec) {
        dedupeKey = alarm.dedupeKey();
        rule = alarm.rule();
        severity = alarm.severity().name();
        resolved = alarm.resolved();
        modelName = alarm.modelName();
        modelVersion = alarm.modelVersion();
        lastGoodVersion = alarm.lastGoodVersion();
        eventTimeMillis = alarm.eventTimeMillis();
        message = alarm.message();
        int size = alarm.evidence().size();
        names = new String[size];
        layers = new int[size];
        heads = new int[size];
        values = new double[size];
        List<freshet.schemas.Measurement> evidence = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            Measurement point = alarm.evidence().get(i);
            names[i] = point.name();
            layers[i] = point.layer();
            heads[i] = point.head();
            values[i] = point.mean();
            evidence.add(TelemetryRecords.point(point));
        }
        encoded =
                codec.encode(
                        new Alert(
                                dedupeKey,
                                rule,
                                Severity.valueOf(severity),
                                resolved,
                                modelName,
                                modelVersion,
                                lastGoodVersion,
                                eventTimeMillis,
                                message,
                                evidence));
    }

    /** As the alerts topic takes it. */
    public OutRecord out() {
        return new OutRecord(dedupeKey.getBytes(StandardCharsets.UTF_8), encoded);
    }

    /** One line for people. */
    String line() {
        return "%s %s%s: %s".formatted(severity, resolved ? "over " : "", dedupeKey, message);
    }
}
