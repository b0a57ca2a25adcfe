package freshet.operators;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import freshet.learners.StepReport;
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

    /**
     * What a learner's update measured, if anything, in part {@code learner}; and what became of
     * its batch in part {@code updates}: a refused batch has no update's number of its own, so
     * batches are counted apart, that what watches them sees when refusals end.
     *
     * @param learner behind the names of both parts: empty, or what tells learners of one model
     *     apart
     * @param handed number of the batch
     */
    List<OutRecord> ofBatch(
            String learner,
            LearnerSetup.Batch<?> batch,
            StepReport report,
            long handed,
            List<Measurement> became) {
        List<OutRecord> records = new ArrayList<>();
        if (!report.measurements().isEmpty()) {
            records.add(
                    of(
                            "learner" + learner,
                            report.step(),
                            batch.eventTimeMillis(),
                            report.measurements(),
                            batch.records()));
        }
        records.add(
                of("updates" + learner, handed, batch.eventTimeMillis(), became, batch.records()));
        return records;
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
