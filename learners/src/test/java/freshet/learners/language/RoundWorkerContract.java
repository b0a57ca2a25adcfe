package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.Measurement;
import freshet.learners.RoundShare;
import freshet.learners.RoundWorker;
import freshet.learners.StepReport;
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
    void aWorkerThatIsRestoredGoesOnTheSameAndDropsRepeats() {
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
        List<RoundWorker<TextBatch>> after = workers(2);
        for (int i = 0; i < 2; i++) {
            after.get(i).restore(before.get(i).snapshot());
        }
        RoundShare first = after.get(0).endRound();
        RoundShare second = after.get(1).endRound();
        for (RoundWorker<TextBatch> worker : after) {
            var other = new RoundShare(0, 0, 9, 0, 0, first.values()); // the first one counts
            var next = new RoundShare(1, 1, 9, 0, 0, first.values());
            assertThat(worker.add(first)).isFalse();
            assertThat(worker.add(other)).isFalse();
            assertThat(worker.add(next)).isFalse();
            assertThat(worker.add(second)).isTrue();
        }
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

    @Test
    void aWorkerThatWaitsNeitherLearnsNorIsKept() {
        try (RoundWorker<TextBatch> worker = workers(2).get(0)) {
            assertThatThrownBy(() -> worker.add(new RoundShare(0, 1, 1, 0, 0, new float[0])))
                    .isInstanceOf(IllegalStateException.class);
            var unused = worker.endRound();
            assertThatThrownBy(() -> worker.step(LanguageFixtures.batches().get(0)))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(worker::snapshot)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("worker 0 waits in round 0");
        }
    }

    @Test
    void aRoundSaysWhatAllWorkersDidInIt() {
        List<TextBatch> batches = LanguageFixtures.batches();
        List<RoundWorker<TextBatch>> workers = workers(2);
        double nats = 0;
        long items = 0;
        for (int i = 0; i < 3; i++) {
            StepReport report = workers.get(i % 2).step(batches.get(i));
            nats += report.lossBeforeLearning();
            items += report.items();
        }
        endRound(workers);
        RoundWorker.Round round = workers.get(1).ended();
        assertThat(round.items()).isEqualTo(items);
        assertThat(round.nats()).isCloseTo(nats, within(1e-9)); // summed in another order
        Measurement updates = round.measurements().get(0);
        assertThat(updates.name()).isEqualTo("roundUpdates");
        assertThat(List.of(updates.count(), updates.sum(), updates.min(), updates.max()))
                .isEqualTo(List.<Number>of(2L, 3.0, 1.0, 2.0));
        endRound(workers);
        assertThat(workers.get(1).ended().items()).isZero();
        workers.forEach(RoundWorker::close);
    }
}
