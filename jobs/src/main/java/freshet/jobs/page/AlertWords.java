package freshet.jobs.page;

/**
 * An alert's message in two parts.
 *
 * @param what is wrong and what to do, in words
 * @param detail where, and the figures with their limits; empty if the message has none
 */
record AlertWords(String what, String detail) {

    private static final String FIGURES = ": ";

    /** The rules write {@code what (layer, head): figures}, without a place that there is not. */
    static AlertWords of(String message) {
        int end = message.indexOf(FIGURES);
        if (end < 0) {
            return new AlertWords(message, "");
        }
        String what = message.substring(0, end);
        String figures = message.substring(end + FIGURES.length());
        int place = what.endsWith(")") ? what.lastIndexOf(" (") : -1;
        return place < 1
                ? new AlertWords(what, figures)
                : new AlertWords(
                        what.substring(0, place),
                        what.substring(place + 2, end - 1) + FIGURES + figures);
    }
}
