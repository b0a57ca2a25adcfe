package freshet.operators;

import freshet.learners.language.Tokenizer;

/** A text with its place in the predict branch's single order, tokenised, with its context. */
public class SequencedText {
    /** 0, 1, 2, ... without gaps, over all sources. */
    public long ordinal;

    public String source;
    public long sequence;
    public long eventTimeMillis;
    public long appendTimeMillis;
    public int textBytes;

    /** Up to a window of the source's tokens before the text, oldest first. */
    public int[] context;

    public int[] tokens;

    /** Tokens memorised in the whole stream before this text. */
    public long firstPosition;

    /** False: answer, but neither learn nor memorise. */
    public boolean learn;

    /** A valid record's text, which has no place yet. */
    static SequencedText of(TextRecord record, Tokenizer tokenizer) {
        var text = new SequencedText();
        text.source = record.source;
        text.sequence = record.sequence;
        text.eventTimeMillis = record.eventTimeMillis;
        text.appendTimeMillis = record.appendTimeMillis;
        text.textBytes = record.text.length;
        text.tokens = tokenizer.encode(record.text);
        text.learn = record.learn;
        return text;
    }
}
