package freshet.operators;

import java.util.Comparator;

/**
 * Where a record stands in the order in which a learner gets them.
 *
 * @param eventTimeMillis -1 for the place before all records
 */
record RecordPlace(long eventTimeMillis, String source, long sequence)
        implements Comparable<RecordPlace> {

    static final RecordPlace START = new RecordPlace(-1, "", -1);

    private static final Comparator<RecordPlace> ORDER =
            Comparator.comparingLong(RecordPlace::eventTimeMillis)
                    .thenComparing(RecordPlace::source)
                    .thenComparingLong(RecordPlace::sequence);

    static RecordPlace of(InRecord record) {
        return new RecordPlace(record.eventTimeMillis, record.source, record.sequence);
    }

    @Override
    public int compareTo(RecordPlace other) {
        return ORDER.compare(this, other);
    }
}
