package freshet.operators;

import freshet.learners.language.TextBatch;

/** What one of several workers that learn one model is to do next. */
public class RoundItem {

    /** What is to be done. */
    public enum Kind {
        /** Publish the version before the first update. */
        BEGIN,
        /** Learn the batch. */
        BATCH,
        /** End the round. */
        END,
        /** Publish the last version: the stream has ended. */
        LAST
    }

    public Kind kind;
    public int worker;

    /** Of the batch, or the latest of all batches up to here if a round ends. */
    public long eventTimeMillis;

    /** A round's end: log timestamp of the newest record that batches up to here may be of. */
    public long appendTimeMillis;

    /** A round's end: batches in it, of all workers. */
    public int batches;

    /** A round's end: {@link ShareLog#end} when this attempt of the job began. */
    public long start;

    public String source = "";
    public long firstSequence;
    public long lastSequence;
    public int[] context = {};
    public int[] tokens = {};

    static RoundItem of(Kind kind, int worker) {
        var item = new RoundItem();
        item.kind = kind;
        item.worker = worker;
        return item;
    }

    static RoundItem of(int worker, TextBatch batch) {
        RoundItem item = of(Kind.BATCH, worker);
        item.eventTimeMillis = batch.eventTimeMillis();
        item.source = batch.source();
        item.firstSequence = batch.firstSequence();
        item.lastSequence = batch.lastSequence();
        item.context = batch.context();
        item.tokens = batch.tokens();
        return item;
    }

    TextBatch batch() {
        return new TextBatch(source, firstSequence, lastSequence, eventTimeMillis, context, tokens);
    }
}
