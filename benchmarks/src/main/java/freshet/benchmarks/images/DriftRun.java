package freshet.benchmarks.images;

import freshet.learners.Measurement;
import freshet.learners.StepReport;
import freshet.learners.selftraining.SelfTrainingConfig;
import freshet.learners.vision.DriftSchedule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One stream with drift detectors on it: when each was alarmed, and how right the model was. */
final class DriftRun implements RotationProtocol.BatchSeen {

    /** By their places in {@code driftAlarm}; all projections' KSWINs are one. */
    enum Detector {
        PAGE_HINKLEY("Page-Hinkley on doubt"),
        ADWIN("ADWIN on doubt"),
        KSWIN("KSWIN on features");

        private final String title;

        Detector(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }

        private static Detector at(int place) {
            return values()[Math.min(place, values().length - 1)];
        }
    }

    private final Map<Detector, List<Integer>> alarms = new EnumMap<>(Detector.class);
    private final Map<String, Measurement> telemetry = new TreeMap<>();
    private final List<Integer> right = new ArrayList<>();
    private final long nanos;

    DriftRun(
            RotationProtocol protocol,
            DriftSchedule schedule,
            int records,
            SelfTrainingConfig config) {
        for (Detector detector : Detector.values()) {
            alarms.put(detector, new ArrayList<>());
        }
        long start = System.nanoTime();
        protocol.stream(schedule, records, config, this);
        nanos = System.nanoTime() - start;
    }

    @Override
    public void batch(int first, int rightOfBatch, StepReport report) {
        right.add(rightOfBatch);
        var alarmed = EnumSet.noneOf(Detector.class);
        for (Measurement measurement : report.measurements()) {
            if (measurement.name().equals("driftAlarm") && measurement.max() > 0) {
                alarmed.add(Detector.at(measurement.head()));
            } else if (measurement.head() < 0) {
                telemetry.merge(measurement.name(), measurement, Measurement::merge);
            }
        }
        alarmed.forEach(detector -> alarms.get(detector).add(first + RotationProtocol.GROUP));
    }

    /** Records seen when a detector was alarmed, ascending: ends of batches. */
    List<Integer> alarms(Detector detector) {
        return alarms.get(detector);
    }

    /** Records seen when any detector was alarmed, ascending. */
    List<Integer> alarms() {
        return alarms.values().stream().flatMap(List::stream).sorted().distinct().toList();
    }

    /** Records from the shift to a detector's first alarm after it; -1 if there is none. */
    static int delay(List<Integer> alarms, int shift) {
        return alarms.stream()
                .filter(at -> at > shift)
                .findFirst()
                .map(at -> at - shift)
                .orElse(-1);
    }

    /** Share predicted right of records [from, to), in [0, 1]; both at ends of batches. */
    double accuracy(int from, int to) {
        int sum = 0;
        for (int batch = from / RotationProtocol.GROUP;
                batch < to / RotationProtocol.GROUP;
                batch++) {
            sum += right.get(batch);
        }
        return (double) sum / (to - from);
    }

    /** Records seen, in whole batches. */
    int records() {
        return right.size() * RotationProtocol.GROUP;
    }

    double recordsPerSecond() {
        return records() / (nanos * 1e-9);
    }

    /** Telemetry over the whole stream. */
    Map<String, Measurement> telemetry() {
        return telemetry;
    }
}
