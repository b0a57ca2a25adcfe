package freshet.learners.selftraining;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Weights;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Source examples to pair with target examples: of each class a uniform sample of all seen, so that
 * frequent classes do not push out rare ones. Bounded by {@code perClass} examples of each class.
 *
 * <p>Source of the sampling: Vitter, "Random sampling with a reservoir", ACM TOMS 1985, algorithm
 * R.
 */
final class Reservoir {

    private final int perClass;
    private final int size;
    private final List<List<float[]>> examples = new ArrayList<>();
    private final long[] seen;

    /**
     * @param size numbers in one example
     */
    Reservoir(int classes, int perClass, int size) {
        this.perClass = perClass;
        this.size = size;
        seen = new long[classes];
        for (int c = 0; c < classes; c++) {
            examples.add(new ArrayList<>());
        }
    }

    boolean isEmpty() {
        return examples.stream().allMatch(List::isEmpty);
    }

    int count(int label) {
        return examples.get(label).size();
    }

    /** Takes a copy, maybe in place of an older one of the same class. */
    void add(float[] example, int label, CounterRandom random) {
        List<float[]> same = examples.get(label);
        seen[label]++;
        if (same.size() < perClass) {
            same.add(example.clone());
        } else {
            long place = random.nextLong(seen[label]);
            if (place < perClass) {
                same.set((int) place, example.clone());
            }
        }
    }

    /**
     * Draws with replacement, each class that is there as often as another.
     *
     * @param into {@code [labels.length, size]}, filled
     * @param labels filled
     */
    void draw(float[] into, int[] labels, CounterRandom random) {
        int[] present =
                java.util.stream.IntStream.range(0, seen.length)
                        .filter(label -> !examples.get(label).isEmpty())
                        .toArray();
        for (int i = 0; i < labels.length; i++) {
            labels[i] = present[(int) random.nextLong(present.length)];
            List<float[]> same = examples.get(labels[i]);
            float[] drawn = same.get((int) random.nextLong(same.size()));
            System.arraycopy(drawn, 0, into, i * size, size);
        }
    }

    /** Classes, per class: seen (long), kept (int), examples (floats). */
    void write(DataOutputStream out) throws IOException {
        out.writeInt(seen.length);
        for (int c = 0; c < seen.length; c++) {
            out.writeLong(seen[c]);
            out.writeInt(examples.get(c).size());
            for (float[] example : examples.get(c)) {
                out.write(Weights.toBytes(example));
            }
        }
    }

    /**
     * Reads what {@link #write} wrote, in place of what is here.
     *
     * @throws IllegalArgumentException if it does not fit
     */
    void read(DataInputStream in) throws IOException {
        int classes = in.readInt();
        if (classes != seen.length) {
            throw new IllegalArgumentException(
                    "reservoir of %d classes, this one of %d".formatted(classes, seen.length));
        }
        for (int c = 0; c < classes; c++) {
            seen[c] = in.readLong();
            int kept = in.readInt();
            if (kept < 0 || kept > perClass) {
                throw new IllegalArgumentException(
                        "reservoir has %d examples of class %d, this one keeps %d"
                                .formatted(kept, c, perClass));
            }
            List<float[]> same = examples.get(c);
            same.clear();
            for (int i = 0; i < kept; i++) {
                same.add(Weights.read(in, size));
            }
        }
    }
}
