package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.RoundShare;
import freshet.learners.RoundWorker;
import freshet.learners.tensor.TensorEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several workers that learn one model, on an engine. */
public abstract class RoundWorkerContract {

    protected abstract TensorEngine engine();

    private LanguageLearner learner() {
        return new LanguageLearner(
                engine(),
                LanguageFixtures.TINY,
                LanguageFixtures.learning(3, 0),
                LanguageFixtures.TOKENIZER);
    }

    private List<RoundWorker<TextBatch>> workers(int count) {
        List<RoundWorker<TextBatch>> workers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            workers.add(new RoundWorker<>(learner(), i, count));
        }
        return workers;
    }

    private static void endRound(List<RoundWorker<TextBatch>> workers) {
        List<RoundShare> shares =
                workers.stream()
                        .map(RoundWorker::endRound)
                        .map(share -> RoundShare.fromBytes(share.toBytes()))
                        .toList();
        for (RoundWorker<TextBatch> worker : workers) {
            for (int i = 0; i < shares.size(); i++) {
                assertThat(worker.add(shares.get(i))).isEqualTo(i == shares.size() - 1);
            }
        }
    }

    @Test
    void oneWorkerIsThePlainLearner() {
        try (LanguageLearner plain = learner();
                RoundWorker<TextBatch> worker = workers(1).get(0)) {
            for (TextBatch batch : LanguageFixtures.batches()) {
                plain.step(batch);
                worker.step(batch);
                endRound(List.of(worker));
            }
            assertThat(worker.learner().snapshot()).isEqualTo(plain.snapshot());
            assertThat(worker.round()).isEqualTo(LanguageFixtures.batches().size());
        }
    }

    @Test
    void allHaveTheMeanAfterARoundAndOneWithoutRecordsDoesNotDiluteIt() {
        List<TextBatch> batches = LanguageFixtures.batches();
        List<RoundWorker<TextBatch>> workers = workers(3);
        workers.get(0).step(batches.get(0));
        workers.get(0).step(batches.get(1));
        workers.get(1).step(batches.get(2)); // the third has none
        float[] first = workers.get(0).learner().averaged();
        float[] second = workers.get(1).learner().averaged();
        endRound(workers);
        float[] mean = workers.get(2).learner().averaged();
        for (RoundWorker<TextBatch> worker : workers) {
            assertThat(worker.learner().averaged()).isEqualTo(mean);
        }
        assertThat(mean).isNotEqualTo(first);
        for (int i = 0; i < mean.length; i++) {
            // Two updates against one.
            assertThat(mean[i]).isEqualTo((float) ((2.0 * first[i] + second[i]) / 3));
        }
        endRound(workers); // without any update
        assertThat(workers.get(1).learner().averaged()).isEqualTo(mean);
        workers.forEach(RoundWorker::close);
    }

    @Test
    void aWorkerThatIsRestoredInAnyStateGoesOnTheSameAndDropsRepeats() {
        List<TextBatch> batches = LanguageFixtures.batches();
        List<RoundWorker<TextBatch>> straight = workers(2);
        for (int i = 0; i + 1 < batches.size(); i += 2) {
            straight.get(0).step(batches.get(i));
            straight.get(1).step(batches.get(i + 1));
            endRound(straight);
        }
        List<RoundWorker<TextBatch>> before = workers(2);
        before.get(0).step(batches.get(0));
        before.get(1).step(batches.get(1));
        RoundShare early = before.get(0).endRound();
        before.get(1).add(early);
        // One waits, the other is about to.
        List<RoundWorker<TextBatch>> after = workers(2);
        after.get(0).restore(before.get(0).snapshot());
        after.get(1).restore(before.get(1).snapshot());
        RoundShare late = after.get(1).endRound();
        assertThat(after.get(0).add(late)).isFalse(); // its own share has not come back
        assertThat(after.get(0).add(after.get(0).share())).isTrue();
        assertThat(after.get(1).add(early)).isFalse(); // a repeat
        assertThat(after.get(1).add(late)).isTrue();
        assertThat(after.get(1).add(late)).isFalse(); // of a round that is over
        for (int i = 2; i + 1 < batches.size(); i += 2) {
            after.get(0).step(batches.get(i));
            after.get(1).step(batches.get(i + 1));
            endRound(after);
        }
        for (int i = 0; i < 2; i++) {
            assertThat(after.get(i).snapshot()).isEqualTo(straight.get(i).snapshot());
        }
        for (var workers : List.of(straight, before, after)) {
            workers.forEach(RoundWorker::close);
        }
    }
}
