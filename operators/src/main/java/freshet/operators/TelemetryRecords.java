package freshet.operators;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import freshet.schemas.AvroCodec;
import freshet.schemas.RecordRun;
import freshet.schemas.Telemetry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes telemetry. Not thread-safe: one for each subtask. */
final class TelemetryRecords {

    private final String modelName;
    private final String part;
    private final AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);

    /**
     * @param part {@code learner} or {@code memory}
     */
    TelemetryRecords(String modelName, String part) {
        this.modelName = modelName;
        this.part = part;
    }

    OutRecord of(long number, long eventTimeMillis, List<Measurement> measurements) {
        return of(part, number, eventTimeMillis, measurements);
    }

    /** Of another part of the same model. */
    OutRecord of(String ofPart, long number, long eventTimeMillis, List<Measurement> measurements) {
        return of(ofPart, number, eventTimeMillis, measurements, LearnedRecords.NONE);
    }

    /**
     * @param records what the measured update learned
     */
    OutRecord of(
            String ofPart,
            long number,
            long eventTimeMillis,
            List<Measurement> measurements,
            LearnedRecords records) {
        List<freshet.schemas.Measurement> points = new ArrayList<>(measurements.size());
        for (Measurement point : measurements) {
            points.add(point(point));
        }
        String key = modelName + "/" + ofPart + "/" + number;
        return new OutRecord(
                key.getBytes(StandardCharsets.UTF_8),
                codec.encode(
                        new Telemetry(
                                modelName,
                                ofPart,
                                number,
                                eventTimeMillis,
                                points,
                                runs(records),
                                records.leftOut())));
    }

    /** As the topic has them. */
    static List<RecordRun> runs(LearnedRecords records) {
        return records.runs().stream().map(run -> new RecordRun(run.first(), run.last())).toList();
    }

    /** As the topic has it. */
    static freshet.schemas.Measurement point(Measurement point) {
        return new freshet.schemas.Measurement(
                point.name(),
                point.layer(),
                point.head(),
                point.count(),
                point.sum(),
                point.min(),
                point.max());
    }
}
