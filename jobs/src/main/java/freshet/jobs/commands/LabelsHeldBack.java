package freshet.jobs.commands;

import freshet.schemas.Label;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Holds labels back until so many further records were sent. Keeps at most {@code delay} labels.
 */
final class LabelsHeldBack {

    /** A label that waits, and the record that it follows. */
    private record Waiting(long after, String recordId, int label) {}

    private final long delay;
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    /**
     * @param delay records between a label's own and the one that it follows; 0: it follows its own
     */
    LabelsHeldBack(long delay) {
        this.delay = delay;
    }

    /** The label of a record; to be followed by {@link #due} of the same record. */
    void add(long sequence, String recordId, int label) {
        waiting.add(new Waiting(sequence + delay, recordId, label));
    }

    /**
     * The labels that follow a record, oldest first.
     *
     * @param eventTimeMillis of that record, and so of the labels
     */
    List<Label> due(long sequence, long eventTimeMillis) {
        List<Label> due = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.element().after() <= sequence) {
            Waiting label = waiting.remove();
            due.add(new Label(label.recordId(), label.label(), eventTimeMillis));
        }
        return due;
    }

    /** All that still wait, when no record comes any more. */
    List<Label> rest(long eventTimeMillis) {
        return due(Long.MAX_VALUE, eventTimeMillis);
    }
}
