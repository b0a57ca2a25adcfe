package freshet.jobs.page;

/**
 * An alert's message in two parts.
 *
 * @param what is wrong and what to do, in words
 * @param detail where, and the figures with their limits; empty if the message has none
 */
record AlertWords(String what, String detail) {

    private static final String FIGURES = "): ";

    /** The rules write {@code what (part, update, layer, head): figures}. */
    static AlertWords of(String message) {
        int end = message.indexOf(FIGURES);
        int begin = end < 0 ? -1 : message.lastIndexOf(" (", end);
        if (begin < 1) {
            return new AlertWords(message, "");
        }
        String where = message.substring(begin + 2, end);
        return new AlertWords(
                message.substring(0, begin),
                where + ": " + message.substring(end + FIGURES.length()));
    }
}
