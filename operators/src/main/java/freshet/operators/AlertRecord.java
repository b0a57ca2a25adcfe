package freshet.operators;

import freshet.learners.LearnedRecords;
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
    private static final int MOST_RUNS = 4; // in a line for people

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

    // The telemetry that fired it.
    public String part;
    public long number;

    public String message;

    // The points that fired it: of each one name, place and mean.
    public String[] names;
    public int[] layers;
    public int[] heads;
    public double[] values;

    // Runs of records that the measured update learned.
    public String[] firsts;
    public String[] lasts;
    public int recordsLeftOut;

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
        part = alarm.part();
        number = alarm.number();
        message = alarm.message();
        List<LearnedRecords.Run> runs = alarm.records().runs();
        firsts = runs.stream().map(LearnedRecords.Run::first).toArray(String[]::new);
        lasts = runs.stream().map(LearnedRecords.Run::last).toArray(String[]::new);
        recordsLeftOut = alarm.records().leftOut();
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
                                evidence,
                                part,
                                number,
                                TelemetryRecords.runs(alarm.records()),
                                recordsLeftOut));
    }

    /** As the alerts topic takes it. */
    public OutRecord out() {
        return new OutRecord(dedupeKey.getBytes(StandardCharsets.UTF_8), encoded);
    }

    /** One line for people. */
    String line() {
        LearnedRecords records = LearnedRecords.of(firsts, lasts, recordsLeftOut);
        return "%s %s%s at %s %d%s: %s"
                .formatted(
                        severity,
                        resolved ? "over " : "",
                        dedupeKey,
                        part,
                        number,
                        records.isEmpty() ? "" : ", records " + records.words(MOST_RUNS),
                        message);
    }
}
