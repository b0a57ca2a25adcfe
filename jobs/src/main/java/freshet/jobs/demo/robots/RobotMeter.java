package freshet.jobs.demo.robots;

import freshet.schemas.Action;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What the pipeline says of robots and model. Keeps a number for every {@link #SLOT_MILLIS} of the
 * stream. Thread-safe.
 */
final class RobotMeter {

    /** Event time that one point of the curve of surprise covers. */
    static final long SLOT_MILLIS = 5_000;

    /**
     * Surprise of one slot.
     *
     * @param minutes from the first report to the middle of the slot
     * @param nats mean over steps
     */
    record Surprise(double minutes, double nats) {}

    /** Sums of one slot. */
    private static final class Slot {
        double sum;
        long count;
    }

    private final TreeMap<Long, Slot> slots = new TreeMap<>();
    private long actions;
    private long version = -1;
    private long modelAgeMillis = -1;
    private long deadLetters;
    private boolean learned;

    synchronized void add(Action action) {
        actions++;
        version = action.getModelVersion();
    }

    synchronized void add(Telemetry telemetry) {
        if (!telemetry.getPart().startsWith("robot:")) {
            return;
        }
        for (Measurement point : telemetry.getMeasurements()) {
            switch (point.getName()) {
                case "surpriseNats" -> {
                    if (!learned) {
                        break;
                    }
                    Slot slot =
                            slots.computeIfAbsent(
                                    telemetry.getEventTime() / SLOT_MILLIS, unused -> new Slot());
                    slot.sum += point.getSum();
                    slot.count += point.getCount();
                }
                case "modelAgeMillis" -> modelAgeMillis = (long) point.getSum();
                default -> {}
            }
        }
    }

    /** From now on surprise counts: what expects nothing is surprised by everything. */
    synchronized void modelHasLearned() {
        learned = true;
    }

    synchronized void addDeadLetter() {
        deadLetters++;
    }

    synchronized long actions() {
        return actions;
    }

    /** Version that chose the newest action; -1 before any. */
    synchronized long version() {
        return version;
    }

    /** Event time since what the acting model had learned; -1: it had learned nothing. */
    synchronized long modelAgeMillis() {
        return modelAgeMillis;
    }

    synchronized long deadLetters() {
        return deadLetters;
    }

    /** In the order of time. */
    synchronized List<Surprise> surprise() {
        List<Surprise> points = new ArrayList<>();
        slots.forEach(
                (number, slot) ->
                        points.add(
                                new Surprise(
                                        (number - slots.firstKey() + 0.5) * SLOT_MILLIS / 60e3,
                                        slot.sum / slot.count)));
        return points;
    }
}
