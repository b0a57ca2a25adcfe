package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.Measurement;
import freshet.schemas.RecordRun;
import freshet.schemas.Telemetry;
import freshet.schemas.UndecodableRecordException;
import java.util.List;

/** Decodes records of the telemetry topic. */
public final class TelemetryDecoder extends RecordDecoder<TelemetryRecord> {

    private static final long serialVersionUID = 1;
    private static final long UNTRAINED = -1;

    private transient AvroCodec<Telemetry> codec;

    /**
     * @param maxAheadMillis see {@link RecordDecoder}
     */
    public TelemetryDecoder(long maxAheadMillis) {
        super(TelemetryRecord.class, maxAheadMillis);
    }

    @Override
    public String kind() {
        return "telemetry";
    }

    @Override
    TelemetryRecord newRecord() {
        return new TelemetryRecord();
    }

    @Override
    void read(byte[] value, TelemetryRecord record) throws UndecodableRecordException {
        if (codec == null) {
            codec = AvroCodec.of(Telemetry.class);
        }
        Telemetry telemetry = codec.decode(value);
        record.modelName = telemetry.getModelName();
        record.part = telemetry.getPart();
        record.source = telemetry.getModelName() + "/" + telemetry.getPart();
        record.sequence = telemetry.getNumber();
        long eventTime = telemetry.getEventTime();
        // The version before the first update is measured too, on no data.
        record.eventTimeMillis = eventTime == UNTRAINED ? 0 : eventTime;
        List<Measurement> points = telemetry.getMeasurements();
        int size = points.size();
        record.names = new String[size];
        record.layers = new int[size];
        record.heads = new int[size];
        record.counts = new long[size];
        record.sums = new double[size];
        record.mins = new double[size];
        record.maxs = new double[size];
        for (int i = 0; i < size; i++) {
            Measurement point = points.get(i);
            record.names[i] = point.getName();
            record.layers[i] = point.getLayer();
            record.heads[i] = point.getHead();
            record.counts[i] = point.getCount();
            record.sums[i] = point.getSum();
            record.mins[i] = point.getMin();
            record.maxs[i] = point.getMax();
        }
        List<RecordRun> runs = telemetry.getRecords();
        record.firsts = runs.stream().map(RecordRun::getFirst).toArray(String[]::new);
        record.lasts = runs.stream().map(RecordRun::getLast).toArray(String[]::new);
        record.recordsLeftOut = telemetry.getRecordsLeftOut();
    }

    @Override
    void check(TelemetryRecord record) {
        if (record.modelName.isEmpty() || record.part.isEmpty()) {
            problem(record, DeadLetterReason.INVALID, "model or part has no name");
            return;
        }
        record.value = null; // it is decoded, and can no longer become a dead letter
    }
}
