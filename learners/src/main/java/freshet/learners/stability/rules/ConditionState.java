package freshet.learners.stability.rules;

import freshet.learners.Measurement;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * One condition at one place: merges what a report has for it, and shows it to the detector.
 * Bounded by the detector and by twice the points that are smoothed.
 */
final class ConditionState {

    /** What a report brought: exact sums of its points. */
    private static final class Merged {
        private long count;
        private double sum;
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;
        private double lowest = Double.POSITIVE_INFINITY;
        private double highest = Double.NEGATIVE_INFINITY;
        private Measurement least; // the point that a field other than the mean is of
        private boolean strange;

        void add(Measurement point, Signal.Field field) {
            double mean = point.mean();
            boolean replaces =
                    switch (field) {
                        case MEAN -> least == null;
                        case MIN -> least == null || point.min() < min;
                        case MAX -> least == null || point.max() > max;
                        case LOWEST -> least == null || mean < lowest;
                        case HIGHEST -> least == null || mean > highest;
                    };
            if (replaces) {
                least = point;
            }
            count += point.count();
            sum += point.sum();
            min = Math.min(min, point.min());
            max = Math.max(max, point.max());
            lowest = Math.min(lowest, mean);
            highest = Math.max(highest, mean);
            if (!isFinite(point)) {
                strange = true;
                least = point;
            }
        }

        double value(Signal.Field field) {
            return switch (field) {
                case MEAN -> sum / count;
                case MIN -> min;
                case MAX -> max;
                case LOWEST -> lowest;
                case HIGHEST -> highest;
            };
        }
    }

    static boolean isFinite(Measurement point) {
        return Double.isFinite(point.sum())
                && Double.isFinite(point.min())
                && Double.isFinite(point.max());
    }

    final int condition; // its place among all
    final String part;
    final int layer;
    final int head;
    private final Condition asks;
    private final Detector detector;
    private final Means own;
    private final Means other; // null if nothing is taken off

    // Of the report that is being looked at; nothing of it is state.
    private Merged points;
    private Merged subtracted;

    private Measurement evidence; // of the last point looked at
    private double value = Double.NaN;
    private long metAt = Long.MIN_VALUE; // number of the rule's part at the last point beyond
    private String metWords = "";
    private Measurement metEvidence;

    ConditionState(int condition, Condition asks, String part, int layer, int head) {
        this.condition = condition;
        this.asks = asks;
        this.part = part;
        this.layer = layer;
        this.head = head;
        detector = asks.kind().start();
        own = new Means(asks.signal().smooth());
        other = asks.signal().minus().isEmpty() ? null : new Means(asks.signal().smooth());
    }

    /** Takes a point of the report; true if it is the first one. */
    boolean gather(Measurement point, boolean subtracts) {
        boolean first = points == null && subtracted == null;
        Merged into;
        if (subtracts) {
            subtracted = subtracted == null ? new Merged() : subtracted;
            into = subtracted;
        } else {
            points = points == null ? new Merged() : points;
            into = points;
        }
        into.add(point, asks.signal().field());
        return first;
    }

    /**
     * Looks at what was gathered.
     *
     * @param number of the report
     * @param paceNumber newest of the rule's part
     * @param hold see {@link Detector#add}
     * @return whether there was a point to judge
     */
    boolean look(long number, long paceNumber, boolean hold) {
        Merged mine = points;
        Merged theirs = subtracted;
        points = null;
        subtracted = null;
        if (theirs != null && Double.isFinite(theirs.value(asks.signal().field()))) {
            other.add(theirs.value(asks.signal().field()));
        }
        if (mine == null || other != null && other.isEmpty()) {
            return false;
        }
        double next = mine.strange ? Double.NaN : mine.value(asks.signal().field());
        if (!(asks.kind() instanceof Kind.NonFinite)) {
            if (!Double.isFinite(next)) {
                return false; // a matter of rules about that alone
            }
            next = own.add(next) - (other == null ? 0 : other.mean());
        }
        value = next;
        evidence = evidenceOf(mine);
        detector.add(number, next, hold);
        if (detector.beyond && asks.remember() > 0) {
            metAt = paceNumber;
            metWords = words(detector.figure, detector.baseline);
            metEvidence = evidence;
        }
        return true;
    }

    private Measurement evidenceOf(Merged mine) {
        Signal.Field field = asks.signal().field();
        if (mine.strange) {
            return mine.least;
        }
        boolean whole = field == Signal.Field.MEAN;
        return new Measurement(
                mine.least.name(),
                whole ? layer : mine.least.layer(),
                whole ? head : mine.least.head(),
                whole ? mine.count : mine.least.count(),
                whole ? mine.sum : mine.least.sum(),
                whole ? mine.min : mine.least.min(),
                whole ? mine.max : mine.least.max());
    }

    /**
     * Whether the condition holds.
     *
     * @param open whether an incident is open, which ends only at the milder limit
     */
    boolean holds(boolean open, long paceNumber) {
        if (asks.remember() > 0) {
            return metAt != Long.MIN_VALUE && paceNumber - metAt <= asks.remember();
        }
        return open ? detector.lasting : detector.beyond;
    }

    /** What was compared, of the point that counts. */
    String words() {
        return asks.remember() > 0 && metEvidence != null
                ? metWords
                : words(detector.figure, detector.baseline);
    }

    private String words(double figure, double baseline) {
        return asks.signal().words() + " " + asks.kind().words(figure, baseline);
    }

    Measurement evidence() {
        return asks.remember() > 0 && metEvidence != null ? metEvidence : evidence;
    }

    void write(DataOutputStream out) throws IOException {
        detector.write(out);
        own.write(out);
        if (other != null) {
            other.write(out);
        }
        out.writeDouble(value);
        writePoint(out, evidence);
        out.writeLong(metAt);
        out.writeUTF(metWords);
        writePoint(out, metEvidence);
    }

    void read(DataInputStream in) throws IOException {
        detector.read(in);
        own.read(in);
        if (other != null) {
            other.read(in);
        }
        value = in.readDouble();
        evidence = readPoint(in);
        metAt = in.readLong();
        metWords = in.readUTF();
        metEvidence = readPoint(in);
    }

    static void writePoint(DataOutputStream out, Measurement point) throws IOException {
        out.writeBoolean(point != null);
        if (point != null) {
            point.write(out);
        }
    }

    static Measurement readPoint(DataInputStream in) throws IOException {
        return in.readBoolean() ? Measurement.read(in) : null;
    }

    /** Mean of the newest few values. */
    private static final class Means {
        private final double[] ring;
        private int size;
        private int next;

        Means(int values) {
            ring = new double[values];
        }

        boolean isEmpty() {
            return size == 0;
        }

        double add(double one) {
            ring[next] = one;
            next = (next + 1) % ring.length;
            size = Math.min(size + 1, ring.length);
            return mean();
        }

        double mean() {
            double sum = 0;
            for (int i = 0; i < size; i++) {
                sum += ring[i];
            }
            return sum / size;
        }

        void write(DataOutputStream out) throws IOException {
            out.writeInt(size);
            out.writeInt(next);
            for (int i = 0; i < size; i++) {
                out.writeDouble(ring[i]);
            }
        }

        void read(DataInputStream in) throws IOException {
            size = in.readInt();
            next = in.readInt();
            for (int i = 0; i < size; i++) {
                ring[i] = in.readDouble();
            }
        }
    }
}
