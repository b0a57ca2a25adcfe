package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.LearnedRecords;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TokenizedText;
import freshet.learners.language.Tokenizer;
import java.util.List;

/** Tokenizes texts and cuts them; bounded as the cutter within is. */
final class TextBatches implements BatchCutter<TextRecord, LearnerSetup.Batch<TextBatch>> {

    private final Tokenizer tokenizer;
    private final BatchCutter<TokenizedText, TextBatch> cutter;

    TextBatches(Tokenizer tokenizer, BatchCutter<TokenizedText, TextBatch> cutter) {
        this.tokenizer = tokenizer;
        this.cutter = cutter;
    }

    @Override
    public List<LearnerSetup.Batch<TextBatch>> add(TextRecord record) {
        var text =
                new TokenizedText(
                        record.source,
                        record.sequence,
                        record.eventTimeMillis,
                        tokenizer.encode(record.text));
        return cutter.add(text).stream().map(TextBatches::of).toList();
    }

    /** A batch on its way to the learner. */
    static LearnerSetup.Batch<TextBatch> of(TextBatch batch) {
        var records =
                new LearnedRecords.Run(
                        batch.source() + "/" + batch.firstSequence(),
                        batch.source() + "/" + batch.lastSequence());
        return new LearnerSetup.Batch<>(
                batch, batch.eventTimeMillis(), List.of(), LearnedRecords.of(List.of(records)));
    }

    @Override
    public byte[] snapshot() {
        return cutter.snapshot();
    }

    @Override
    public void restore(byte[] snapshot) {
        cutter.restore(snapshot);
    }
}
