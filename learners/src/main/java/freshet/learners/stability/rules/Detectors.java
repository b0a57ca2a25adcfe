package freshet.learners.stability.rules;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** The states of the kinds of conditions; {@link Kind} says what each asks. */
final class Detectors {

    /** Scales a median distance to the standard deviation of a normal distribution. */
    private static final double NORMAL = 1 / 1.4826;

    /** An entropy or a loss may reach 0, which has no logarithm. */
    private static final double LEAST_OF_LOG = 1e-12;

    private Detectors() {}

    private static double log(double value) {
        return StrictMath.log(Math.max(value, LEAST_OF_LOG));
    }

    static final class OfNonFinite extends Detector {
        @Override
        protected void look(long number, double value, boolean hold) {
            figure = value;
            beyond = !Double.isFinite(value);
            lasting = beyond;
        }

        @Override
        protected void writeOwn(DataOutputStream out) {}

        @Override
        protected void readOwn(DataInputStream in) {}
    }

    static final class OfThreshold extends Detector {
        private final Kind.Threshold kind;

        OfThreshold(Kind.Threshold kind) {
            this.kind = kind;
        }

        @Override
        protected void look(long number, double value, boolean hold) {
            figure = value;
            beyond = kind.limit().beyond(value);
            lasting = kind.limit().lasting(value);
        }

        @Override
        protected void writeOwn(DataOutputStream out) {}

        @Override
        protected void readOwn(DataInputStream in) {}
    }

    static final class OfRobustZ extends Detector {
        private final Kind.RobustZ kind;
        private final SortedWindow before;

        OfRobustZ(Kind.RobustZ kind) {
            this.kind = kind;
            before = new SortedWindow(kind.window());
        }

        @Override
        protected void look(long number, double value, boolean hold) {
            double x = kind.log() ? log(value) : value;
            if (before.size() >= kind.least()) {
                baseline = before.median();
                double floor = kind.log() ? kind.floor() : kind.floor() * Math.abs(baseline);
                double scale = Math.max(before.medianDistance(baseline), floor);
                // Of a series that was always 0 nothing can be said: any step would be endless.
                figure = scale > 0 ? NORMAL * (x - baseline) / scale : 0;
                double away =
                        switch (kind.side()) {
                            case UP -> figure;
                            case DOWN -> -figure;
                            case BOTH -> Math.abs(figure);
                        };
                beyond = away > kind.z();
                lasting = away > kind.clears();
            }
            if (!hold) {
                before.add(x);
            }
        }

        @Override
        protected void writeOwn(DataOutputStream out) throws IOException {
            before.write(out);
        }

        @Override
        protected void readOwn(DataInputStream in) throws IOException {
            before.read(in);
        }
    }

    static final class OfBaseline extends Detector {
        private final Kind.Baseline kind;
        private final SortedWindow newest;
        private final SortedWindow before;

        OfBaseline(Kind.Baseline kind) {
            this.kind = kind;
            newest = new SortedWindow(kind.recent());
            before = new SortedWindow(kind.window());
        }

        @Override
        protected void look(long number, double value, boolean hold) {
            boolean grows = kind.fromStart() ? !before.isFull() : !hold;
            if (newest.isFull() && grows) {
                before.add(newest.oldest());
            }
            newest.add(value);
            if (!newest.isFull() || before.size() < kind.least()) {
                return;
            }
            baseline = before.median();
            figure = kind.difference() ? newest.median() - baseline : newest.median() / baseline;
            // A quotient means something only of what is above 0.
            if (kind.difference() || baseline > 0) {
                beyond = kind.limit().beyond(figure);
                lasting = kind.limit().lasting(figure);
            }
        }

        @Override
        protected void writeOwn(DataOutputStream out) throws IOException {
            newest.write(out);
            before.write(out);
        }

        @Override
        protected void readOwn(DataInputStream in) throws IOException {
            newest.read(in);
            before.read(in);
        }
    }

    static final class OfGrowth extends Detector {
        private static final double PER = 1000;

        private final Kind.Growth kind;
        private final double[] numbers;
        private final double[] logs;
        private int size;
        private int oldest;

        OfGrowth(Kind.Growth kind) {
            this.kind = kind;
            numbers = new double[kind.window()];
            logs = new double[kind.window()];
        }

        @Override
        protected void look(long number, double value, boolean hold) {
            int at = (oldest + size) % logs.length;
            if (size == logs.length) {
                oldest = (oldest + 1) % logs.length;
            } else {
                size++;
            }
            numbers[at] = number;
            logs[at] = log(value);
            if (size == logs.length) {
                figure = PER * slope();
                beyond = kind.limit().beyond(figure);
                lasting = kind.limit().lasting(figure);
            }
        }

        /** By least squares. */
        private double slope() {
            double meanNumber = 0;
            double meanLog = 0;
            for (int i = 0; i < size; i++) {
                meanNumber += numbers[i] / size;
                meanLog += logs[i] / size;
            }
            double products = 0;
            double squares = 0;
            for (int j = 0; j < size; j++) {
                int i = (oldest + j) % size; // in their order: the same bits after a restore
                double distance = numbers[i] - meanNumber;
                products += distance * (logs[i] - meanLog);
                squares += distance * distance;
            }
            return products / squares;
        }

        @Override
        protected void writeOwn(DataOutputStream out) throws IOException {
            out.writeInt(size);
            out.writeInt(oldest);
            for (int i = 0; i < size; i++) {
                out.writeDouble(numbers[i]);
                out.writeDouble(logs[i]);
            }
        }

        @Override
        protected void readOwn(DataInputStream in) throws IOException {
            size = in.readInt();
            oldest = in.readInt();
            for (int i = 0; i < size; i++) {
                numbers[i] = in.readDouble();
                logs[i] = in.readDouble();
            }
        }
    }

    static final class OfShare extends Detector {
        private final Kind.Share kind;
        private final boolean[] counted;
        private int size;
        private int next;
        private int count;

        OfShare(Kind.Share kind) {
            this.kind = kind;
            counted = new boolean[kind.window()];
        }

        @Override
        protected void look(long number, double value, boolean hold) {
            boolean counts = value >= kind.atLeast();
            count += (counts ? 1 : 0) - (counted[next] ? 1 : 0);
            counted[next] = counts;
            next = (next + 1) % counted.length;
            size = Math.min(size + 1, counted.length);
            if (size == counted.length) {
                figure = count / (double) size;
                beyond = kind.limit().beyond(figure);
                lasting = kind.limit().lasting(figure);
            }
        }

        @Override
        protected void writeOwn(DataOutputStream out) throws IOException {
            out.writeInt(size);
            out.writeInt(next);
            for (boolean one : counted) {
                out.writeBoolean(one);
            }
        }

        @Override
        protected void readOwn(DataInputStream in) throws IOException {
            size = in.readInt();
            next = in.readInt();
            count = 0;
            for (int i = 0; i < counted.length; i++) {
                counted[i] = in.readBoolean();
                count += counted[i] ? 1 : 0;
            }
        }
    }

    static final class OfAverages extends Detector {
        private final Kind.Averages kind;
        private long points;
        private double fast;
        private double slow;

        OfAverages(Kind.Averages kind) {
            this.kind = kind;
        }

        @Override
        protected void look(long number, double value, boolean hold) {
            points++;
            // Plain means at first, so that the first point does not weigh for long.
            fast += (value - fast) * Math.max(1.0 / points, 2.0 / (kind.fast() + 1));
            if (!hold) {
                slow += (value - slow) * Math.max(1.0 / points, 2.0 / (kind.slow() + 1));
            }
            if (points >= kind.slow()) {
                baseline = slow;
                figure = fast / slow;
                if (slow > 0) {
                    beyond = kind.limit().beyond(figure);
                    lasting = kind.limit().lasting(figure);
                }
            }
        }

        @Override
        protected void writeOwn(DataOutputStream out) throws IOException {
            out.writeLong(points);
            out.writeDouble(fast);
            out.writeDouble(slow);
        }

        @Override
        protected void readOwn(DataInputStream in) throws IOException {
            points = in.readLong();
            fast = in.readDouble();
            slow = in.readDouble();
        }
    }
}
