package freshet.learners.tensor;

/** What every engine checks of the arrays and stretches that it is given, and how it says so. */
public final class Ranges {

    private Ranges() {}

    /** Fails if an array does not fill the buffer that it is for. */
    public static void length(String name, float[] values, long size) {
        if (values.length != size) {
            throw new IllegalArgumentException(
                    "%s has %d values, the layout holds %d".formatted(name, values.length, size));
        }
    }

    /** Of {@link Session#optimiser}. */
    public static void optimiser(int from, int to, int size) {
        if (from < 0 || to < from || to > size) {
            throw new IllegalArgumentException(
                    "optimiser of elements [%d, %d) of %d".formatted(from, to, size));
        }
    }

    /** Of {@link Session#moveTowards}. */
    public static void move(int from, int into, int count, int size) {
        if (count < 0 || Math.min(from, into) < 0 || Math.max(from, into) > size - count) {
            throw new IllegalArgumentException(
                    "%d elements from %d and %d of %d".formatted(count, from, into, size));
        }
    }

    /** Of {@link Session#addWeightDecay}. */
    public static void weightDecay(int from, int size) {
        if (from < 0 || from > size) {
            throw new IllegalArgumentException(
                    "weight decay from element %d of %d".formatted(from, size));
        }
    }

    /** Of {@link TensorEngine#keyMatrix}. */
    public static void keyMatrix(int capacity, int width) {
        if (capacity < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "capacity %d and width %d must be at least 1".formatted(capacity, width));
        }
    }

    /** Of {@link KeyMatrix#set}. */
    public static void keys(KeyMatrix matrix, int firstRow, float[] keys, int count) {
        if (firstRow < 0 || count < 0 || firstRow + count > matrix.capacity()) {
            throw new IllegalArgumentException(
                    "rows [%d, %d) of %d".formatted(firstRow, firstRow + count, matrix.capacity()));
        }
        long needed = (long) count * matrix.width();
        if (keys.length < needed) {
            throw new IllegalArgumentException(
                    "keys have %d values, %d rows of %d need %d"
                            .formatted(keys.length, count, matrix.width(), needed));
        }
    }

    /** Of {@link KeyMatrix#squaredDistances} and {@link KeyMatrix#nearest}. */
    public static void queries(KeyMatrix matrix, float[] queries, int count, int from, int to) {
        if (from < 0
                || to < from
                || to > matrix.capacity()
                || queries.length < (long) count * matrix.width()) {
            throw new IllegalArgumentException(
                    "%d query values for %d queries of %d, rows [%d, %d) of %d"
                            .formatted(
                                    queries.length,
                                    count,
                                    matrix.width(),
                                    from,
                                    to,
                                    matrix.capacity()));
        }
    }
}
