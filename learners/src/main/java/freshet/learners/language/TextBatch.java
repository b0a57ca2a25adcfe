package freshet.learners.language;

/**
 * The new tokens of one update, with what came before them in their source.
 *
 * @param source stream the tokens belong to
 * @param firstSequence sequence of the record that holds the first new token
 * @param lastSequence sequence of the record that holds the last new token
 * @param eventTimeMillis event time of that last record: a model that learned this batch is trained
 *     through it
 * @param context {@code [c]} tokens before the new ones; c is at most the window less the new ones
 * @param tokens {@code [n]} new tokens, scored before they are learned
 */
public record TextBatch(
        String source,
        long firstSequence,
        long lastSequence,
        long eventTimeMillis,
        int[] context,
        int[] tokens) {}
