package freshet.learners.language;

/**
 * One text record as token ids.
 *
 * @param source stream it belongs to; context carries over between records of one source
 * @param sequence its place within the source
 * @param eventTimeMillis when it was written, milliseconds since 1970
 * @param tokens {@code [n]} ids in {@code [0, V)}
 */
public record TokenizedText(String source, long sequence, long eventTimeMillis, int[] tokens) {}
