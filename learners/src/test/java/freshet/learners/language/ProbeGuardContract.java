package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.LearnerSnapshot;
import freshet.learners.Measurement;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.OnlineLearnerContract;
import freshet.learners.Order;
import freshet.learners.PublicationVerdict;
import freshet.learners.StepReport;
import freshet.learners.tensor.TensorEngine;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The language learner with its probe batch on one engine. */
public abstract class ProbeGuardContract extends OnlineLearnerContract<TextBatch> {

    /** Format and length of the learner's payload, seed, random numbers, number of weights. */
    private static final int FIRST_WEIGHT = 3 * Integer.BYTES + 2 * Long.BYTES;

    protected abstract TensorEngine engine();

    @Override
    protected OnlineLearner<TextBatch> newLearner(long seed) {
        return guard(seed, 2, 100);
    }

    private LanguageLearner plain(long seed) {
        return new LanguageLearner(
                engine(),
                LanguageFixtures.TINY,
                LanguageFixtures.learning(seed, 1),
                LanguageFixtures.TOKENIZER);
    }

    private ProbeGuard guard(long seed, int windows, double tolerance) {
        return new ProbeGuard(plain(seed), new ProbeGuard.Config(windows, tolerance));
    }

    @Override
    protected OnlineLearner<TextBatch> brokenLearner() {
        var learner = newLearner(1);
        learner.restore(withNan(learner.snapshot(), FIRST_WEIGHT));
        return learner;
    }

    @Override
    protected List<TextBatch> batches() {
        return LanguageFixtures.batches();
    }

    @Override
    protected List<String> oldSnapshots() {
        return List.of("/snapshots/v1/guarded-language.bin");
    }

    @Override
    protected LearnerSnapshot adopted(LearnerSnapshot snapshot) {
        return snapshot.adoptedBy(engine().metadata());
    }

    private static TextBatch batch(String source, int[] all, int from, int to) {
        return new TextBatch(source, 0, 0, 0, Arrays.copyOfRange(all, from, to - 3), tail(all, to));
    }

    private static int[] tail(int[] all, int to) {
        return Arrays.copyOfRange(all, to - 3, to);
    }

    @Test
    void learnsNoTokenOfTheProbe() {
        int[] book = LanguageFixtures.tokens(5, 40);
        int[] other = LanguageFixtures.tokens(6, 40);
        try (var guard = guard(1, 1, 100);
                var alone = plain(1)) {
            List<TextBatch> learned =
                    List.of(
                            batch("book", book, 0, 3), // [0, 3)
                            batch("book", book, 0, 6), // [3, 6)
                            // [6, 9) after [1, 6) is the first full window
                            batch("book", book, 9, 12), // no context: it is the probe's
                            batch("other", other, 0, 8),
                            batch("book", book, 9, 15), // of [7, 12) only what was learned
                            batch("book", book, 10, 18));
            learned.forEach(alone::step);
            guard.step(batch("book", book, 0, 3));
            guard.step(batch("book", book, 0, 6));
            StepReport held = guard.step(batch("book", book, 1, 9));
            assertThat(held.applied()).isTrue();
            assertThat(held.items()).isZero();
            assertThat(held.step()).isEqualTo(2);
            guard.step(batch("book", book, 4, 12));
            guard.step(batch("other", other, 0, 8)); // another source keeps its context
            guard.step(batch("book", book, 7, 15));
            guard.step(batch("book", book, 10, 18));
            assertThat(guard.publish().checksum()).isEqualTo(alone.publish().checksum());
            assertThat(guard.snapshot().step()).isEqualTo(6);
        }
    }

    private static Measurement named(List<Measurement> measurements, String name) {
        return measurements.stream()
                .filter(measurement -> measurement.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void measuresThePublishedWeightsOnTheProbe() {
        int[] book = LanguageFixtures.tokens(5, 40);
        TextBatch probe = batch("book", book, 1, 9);
        try (var guard = guard(1, 1, 100)) {
            guard.publish();
            guard.step(batch("book", book, 0, 3));
            assertThat(guard.probe()).isEmpty();
            guard.step(probe);
            guard.step(batch("other", book, 10, 13));
            ModelArtifact version = guard.publish();
            List<Measurement> measured = guard.probe();
            try (var model =
                    new LanguageModel(
                            engine(), LanguageFixtures.TINY, LanguageFixtures.TOKENIZER, version)) {
                float[] scored = model.score(probe.context(), probe.tokens()).logProbabilities();
                double loss = 0;
                for (int i = 0; i < 3; i++) {
                    loss -= scored[i * 13 + probe.tokens()[i]] / 3;
                }
                assertThat(named(measured, "probeLossNats").mean()).isCloseTo(loss, within(1e-5));
            }
            assertThat(measured)
                    .filteredOn(one -> one.name().equals("probeAttentionEntropyNormalised"))
                    .hasSize(4)
                    .allSatisfy(one -> assertThat(one.count()).isEqualTo(7));
            assertThat(measured).filteredOn(one -> one.name().equals("probeMaxLogit")).hasSize(4);
            // Nothing was measured of the version before.
            assertThat(measured).extracting(Measurement::name).doesNotContain("probeChurn");

            guard.step(batch("other", book, 10, 16));
            Measurement churn = named(guard.probe(), "probeChurn");
            assertThat(churn.count()).isEqualTo(3);
            // The same weights again: nothing changes against themselves.
            guard.publish();
            LearnerSnapshot published = guard.snapshot();
            guard.restore(published);
            assertThat(named(guard.probe(), "probeChurn").sum()).isZero();
            // Other text was measured: the input is fixed.
            assertThat(named(guard.probe(), "probeLossNats").count()).isEqualTo(1);
        }
    }

    @Test
    void doesNotPublishAVersionThatIsMuchWorseAndServesTheOneBefore() {
        try (var guard = guard(1, 1, 0.5)) {
            guard.publish();
            List<TextBatch> batches = batches();
            batches.forEach(guard::step);
            ModelArtifact good = guard.publish();
            assertThat(value(guard.step(batches.get(0)), PublicationVerdict.VETO)).isZero();

            guard.obey(Order.of("scaleLearningRate", Map.of("factor", "300")), false);
            for (int i = 0; i < 4; i++) {
                guard.step(batches.get(i % 2));
            }
            double damaged = named(guard.probe(), "probeLossNats").mean();
            ModelArtifact vetoed = guard.publish();
            assertThat(vetoed.bytes()).isEqualTo(good.bytes());
            assertThat(vetoed.step()).isGreaterThan(good.step());
            assertThat(vetoed.metadata().get(PublicationVerdict.REASON))
                    .contains(String.valueOf(damaged));
            // The verdict outlives a stop, and is said once.
            guard.restore(LearnerSnapshot.fromBytes(guard.snapshot().toBytes()));
            assertThat(value(guard.step(batches.get(0)), PublicationVerdict.VETO)).isEqualTo(1);
            assertThat(guard.step(batches.get(1)).measurements())
                    .extracting(Measurement::name)
                    .doesNotContain(PublicationVerdict.VETO);

            guard.adopt(good);
            ModelArtifact back = guard.publish();
            assertThat(back.bytes()).isEqualTo(good.bytes());
            assertThat(back.metadata()).doesNotContainKey(PublicationVerdict.REASON);
        }
    }

    private static double value(StepReport report, String name) {
        return named(report.measurements(), name).mean();
    }

    @Test
    void withoutWindowsItLearnsAndPublishesEverything() {
        try (var guard = guard(1, 0, 0);
                var alone = plain(1)) {
            for (TextBatch batch : batches()) {
                assertThat(guard.step(batch)).isEqualTo(alone.step(batch));
            }
            assertThat(guard.publish().checksum()).isEqualTo(alone.publish().checksum());
            assertThat(guard.probe()).isEmpty();
        }
    }

    @Test
    void goesOnFromASnapshotOfALearnerWithoutGuard() {
        try (var guard = guard(2, 1, 100);
                var alone = plain(1)) {
            batches().subList(0, 3).forEach(alone::step);
            guard.restore(alone.snapshot());
            assertThat(guard.publish().checksum()).isEqualTo(alone.publish().checksum());
            assertThat(guard.step(batches().get(0))).isEqualTo(alone.step(batches().get(0)));
        }
    }
}
