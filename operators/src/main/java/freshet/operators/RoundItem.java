package freshet.operators;

import freshet.learners.language.TextBatch;

/** A batch on its way to one of several workers that learn one model, or the end of a round. */
public class RoundItem {
    public int worker;

    /** Whether the round ends here; there is no batch then. */
    public boolean ends;

    /** Of the batch, or the latest in the stream up to here if the round ends. */
    public long eventTimeMillis;

    public String source;
    public long firstSequence;
    public long lastSequence;
    public int[] context;
    public int[] tokens;

    static RoundItem of(int worker, TextBatch batch) {
        var item = new RoundItem();
        item.worker = worker;
        item.eventTimeMillis = batch.eventTimeMillis();
        item.source = batch.source();
        item.firstSequence = batch.firstSequence();
        item.lastSequence = batch.lastSequence();
        item.context = batch.context();
        item.tokens = batch.tokens();
        return item;
    }

    static RoundItem end(int worker, long eventTimeMillis) {
        var item = new RoundItem();
        item.worker = worker;
        item.ends = true;
        item.eventTimeMillis = eventTimeMillis;
        item.source = "";
        item.context = new int[0];
        item.tokens = new int[0];
        return item;
    }

    TextBatch batch() {
        return new TextBatch(source, firstSequence, lastSequence, eventTimeMillis, context, tokens);
    }
}
