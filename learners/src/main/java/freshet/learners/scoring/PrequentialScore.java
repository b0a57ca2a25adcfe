package freshet.learners.scoring;

import freshet.learners.SavedState;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Scores a stream of predictions over three ranges at once: all records, a sliding window of the
 * newest, and all with weights that fade by a factor a record. Bounded by the panes of the window.
 */
public final class PrequentialScore {

    private static final int FORMAT_VERSION = 1;

    /**
     * Ranges, checked.
     *
     * @param classes C
     * @param paneRecords records of one pane, at least 1; the window moves by panes
     * @param panes full panes in the window, at least 1
     * @param fading factor by which a record's weight falls with each that follows, in (0, 1]
     */
    public record Config(int classes, int paneRecords, int panes, double fading)
            implements Serializable {

        public Config {
            if (classes < 2 || paneRecords < 1 || panes < 1 || !(fading > 0 && fading <= 1)) {
                throw new IllegalArgumentException(
                        "%d classes, %d panes of %d records, fading %s"
                                .formatted(classes, panes, paneRecords, fading));
            }
        }
    }

    private final Config config;
    private ClassTally all;
    private ClassTally fading;
    private ClassTally open; // the pane that is being filled
    private long records;
    private final Deque<ClassTally> full = new ArrayDeque<>(); // newest last

    public PrequentialScore(Config config) {
        this.config = config;
        all = new ClassTally(config.classes());
        fading = new ClassTally(config.classes());
        open = new ClassTally(config.classes());
    }

    /** Counts one prediction, made before its label was learned; see {@link ClassTally#add}. */
    public void add(float[] probabilities, int label) {
        all.add(probabilities, label); // first: it refuses what is off
        fading.fade(config.fading());
        fading.add(probabilities, label);
        open.add(probabilities, label);
        records++;
        if (records % config.paneRecords() == 0) {
            full.addLast(open);
            open = new ClassTally(config.classes());
            if (full.size() > config.panes()) {
                full.removeFirst();
            }
        }
    }

    /** Of all records. */
    public ClassTally all() {
        return all;
    }

    /** Of all records, the newest with weight 1, the one before with the factor, and so on. */
    public ClassTally fading() {
        return fading;
    }

    /** Of the newest records: the full panes and the open one. */
    public ClassTally sliding() {
        var sum = new ClassTally(config.classes());
        full.forEach(sum::add);
        sum.add(open);
        return sum;
    }

    public long records() {
        return records;
    }

    /** Format (int), records (long), all, fading, open, full panes (int count, each). */
    public byte[] snapshot() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    out.writeLong(records);
                    all.write(out);
                    fading.write(out);
                    open.write(out);
                    out.writeInt(full.size());
                    for (ClassTally pane : full) {
                        pane.write(out);
                    }
                });
    }

    /**
     * Goes on from what {@link #snapshot} gave.
     *
     * @throws IllegalArgumentException if it is of another format or cut short
     */
    public void restore(byte[] snapshot) {
        SavedState.read(
                "score",
                FORMAT_VERSION,
                snapshot,
                in -> {
                    records = in.readLong();
                    all = ClassTally.read(in);
                    fading = ClassTally.read(in);
                    open = ClassTally.read(in);
                    full.clear();
                    for (int i = in.readInt(); i > 0; i--) {
                        full.addLast(ClassTally.read(in));
                    }
                });
    }
}
