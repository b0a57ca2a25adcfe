package freshet.operators;

import freshet.learners.scoring.ClassTally;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers of two versions to the same images, until the label comes; a label that comes before its
 * image waits for it. The first label of a record id counts.
 *
 * <p>State: at most so many record ids, none older than labels may be; the oldest goes first.
 */
final class PairedAnswers {

    /** Takes pairs of losses, in nats. */
    interface Output {
        void pair(long candidate, double candidateNats, double stableNats);
    }

    /** One record id: answers that wait for a label, or a label that waits for answers. */
    public static class Waiting {
        public String recordId;
        public long sinceMillis;
        public int label = ImageRecord.NO_LABEL;

        /** Version of the candidate that answered. */
        public long candidate;

        /** {@code [C]} each; null while only the label is there. */
        public float[] ofCandidate;

        public float[] ofStable;
    }

    private final LabelSettings labels;
    private final Output output;
    private final Map<String, Waiting> waiting = new LinkedHashMap<>(); // oldest first

    PairedAnswers(LabelSettings labels, Output output) {
        this.labels = labels;
        this.output = output;
    }

    /** Both versions have answered an image. */
    void answered(ImageRecord image, long candidate, float[] ofCandidate, float[] ofStable) {
        Waiting early = waiting.remove(image.recordId);
        if (early != null && early.label != ImageRecord.NO_LABEL) {
            pair(candidate, ofCandidate, ofStable, early.label);
            return;
        }
        var pair = new Waiting();
        pair.candidate = candidate;
        pair.ofCandidate = ofCandidate;
        pair.ofStable = ofStable;
        keep(image, pair);
    }

    void labelled(ImageRecord label) {
        Waiting pair = waiting.get(label.recordId);
        if (pair == null) {
            var early = new Waiting();
            early.label = label.label;
            keep(label, early);
        } else if (pair.ofCandidate != null) {
            waiting.remove(label.recordId);
            pair(pair.candidate, pair.ofCandidate, pair.ofStable, label.label);
        }
    }

    private void pair(long candidate, float[] ofCandidate, float[] ofStable, int label) {
        output.pair(
                candidate,
                ClassTally.logLossNats(ofCandidate, label),
                ClassTally.logLossNats(ofStable, label));
    }

    private void keep(ImageRecord record, Waiting kept) {
        kept.recordId = record.recordId;
        kept.sinceMillis = record.eventTimeMillis;
        waiting.put(record.recordId, kept);
        long oldestMillis = record.eventTimeMillis - labels.maxDelayMillis();
        while (waiting.size() > labels.maxRecords() || oldest().sinceMillis < oldestMillis) {
            waiting.remove(oldest().recordId);
        }
    }

    private Waiting oldest() {
        return waiting.values().iterator().next();
    }

    /** Oldest first. */
    List<Waiting> kept() {
        return new ArrayList<>(waiting.values());
    }

    /** Takes back what {@link #kept} gave. */
    void restore(Iterable<Waiting> kept) {
        for (Waiting one : kept) {
            waiting.put(one.recordId, one);
        }
    }
}
