package freshet.learners.stability.rules;

/**
 * The series that a condition looks at.
 *
 * @param part part of the pipeline that reports it; {@code robot} is also {@code robot:NAME}
 * @param measurement its name; {@link #ANY} for all of the part
 * @param field which number of a point
 * @param over what points are merged before the field is read
 * @param minus measurement that is taken off it; empty for none
 * @param minusPart part that reports that one
 * @param smooth newest points whose mean is taken, of each of the two, from 1
 */
record Signal(
        String part,
        String measurement,
        Field field,
        Over over,
        String minus,
        String minusPart,
        int smooth) {

    static final String ANY = "*";

    /** What of a point is read. */
    enum Field {
        MEAN,
        MIN,
        MAX,
        /** Least of the means of the merged points: of the lowest head. */
        LOWEST,
        /** Greatest of the means of the merged points. */
        HIGHEST
    }

    /** One series for each head (or whatever place a point has), each layer, or one for all. */
    enum Over {
        PLACE,
        LAYER,
        MODEL
    }

    /** As the rule file says it. */
    String words() {
        String own = field == Field.MEAN ? measurement : measurement + " " + lowerCase(field);
        return minus.isEmpty() ? own : own + " less " + minus;
    }

    private static String lowerCase(Field field) {
        return field.name().toLowerCase(java.util.Locale.ROOT);
    }
}
