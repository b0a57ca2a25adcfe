package freshet.learners.selftraining;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.LearnerSnapshot;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.OnlineLearnerContract;
import freshet.learners.StepReport;
import freshet.learners.selftraining.SelfTrainingConfig.Method;
import freshet.learners.tensor.TensorEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The guarded learner on one engine; each engine extends this. */
public abstract class CanaryGuardContract extends OnlineLearnerContract<ExampleBatch> {

    /** Format and length of the learner's payload, and what comes before its first weight. */
    private static final int FIRST_WEIGHT = 2 * Integer.BYTES + 6 * Long.BYTES + 1 + Integer.BYTES;

    private static final CanaryGuard.Config CONFIG = new CanaryGuard.Config(12, 0.2);

    protected abstract TensorEngine engine();

    @Override
    protected OnlineLearner<ExampleBatch> newLearner(long seed) {
        return guard(seed);
    }

    private CanaryGuard guard(long seed) {
        var learner =
                new SelfTrainingLearner(
                        engine(),
                        Blobs.NETWORK,
                        Blobs.config(Method.selfTraining(), seed),
                        Augmentation.NONE);
        return new CanaryGuard(engine(), Blobs.NETWORK, learner, CONFIG);
    }

    private static ExampleBatch canary(long seed) {
        return ExampleBatch.canary(Blobs.pictures(Blobs.labels(seed), 0, seed), Blobs.labels(seed));
    }

    @Override
    protected OnlineLearner<ExampleBatch> brokenLearner() {
        CanaryGuard guard = guard(1);
        guard.restore(withNan(guard.snapshot(), FIRST_WEIGHT));
        return guard;
    }

    @Override
    protected List<ExampleBatch> batches() {
        var batches = new ArrayList<>(Blobs.batches());
        batches.add(3, canary(20));
        batches.add(6, canary(21));
        return batches;
    }

    @Override
    protected List<String> oldSnapshots() {
        return List.of(
                "/snapshots/v1/guarded-classifier.bin", "/snapshots/v2/guarded-classifier.bin");
    }

    @Override
    protected LearnerSnapshot adopted(LearnerSnapshot snapshot) {
        return snapshot.adoptedBy(engine().metadata());
    }

    /** Learns what is right, then the opposite, and publishes after each update. */
    private List<ModelArtifact> astray(CanaryGuard guard, List<StepReport> reports) {
        List<ModelArtifact> published = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int[] labels = Blobs.labels(i);
            float[] pictures = Blobs.pictures(labels, 0, i);
            for (int k = 0; k < labels.length && i >= 30; k++) {
                labels[k] = (labels[k] + 1) % 3;
            }
            reports.add(guard.step(ExampleBatch.source(pictures, labels)));
            published.add(guard.publish());
        }
        return published;
    }

    @Test
    void aVersionThatIsWorseOnTheCanaryIsVetoedAndTheLastGoodOneServed() {
        try (CanaryGuard guard = guard(1)) {
            guard.step(canary(20));
            guard.step(canary(21));
            List<StepReport> reports = new ArrayList<>();
            List<ModelArtifact> published = astray(guard, reports);

            assertThat(value(reports.get(29), "canaryAccuracy")).isEqualTo(1);
            assertThat(value(reports.get(59), "canaryAccuracy")).isLessThan(0.5);
            assertThat(value(reports.get(59), "publicationVetoed")).isEqualTo(1);
            assertThat(published.get(59).metadata()).containsKey(CanaryGuard.VETOED);
            assertThat(published.get(59).step()).isEqualTo(60);
            // What is served does on the canary what the best one did, less the tolerance.
            try (var served = new Classifier(engine(), Blobs.NETWORK, 6, published.get(59))) {
                int[] labels = Blobs.labels(20);
                int[] classes = served.classes(Blobs.pictures(labels, 0, 20));
                int right = 0;
                for (int i = 0; i < labels.length; i++) {
                    right += classes[i] == labels[i] ? 1 : 0;
                }
                assertThat(right).isGreaterThanOrEqualTo(4); // of 6
            }
        }
    }

    @Test
    void withoutACanaryEverythingIsPublished() {
        try (CanaryGuard guard = guard(1)) {
            List<StepReport> reports = new ArrayList<>();
            assertThat(astray(guard, reports))
                    .noneMatch(version -> version.metadata().containsKey(CanaryGuard.VETOED));
            assertThat(reports.get(59).measurements())
                    .noneMatch(point -> point.name().equals("canaryAccuracy"));
        }
    }

    @Test
    void resumedBetweenAStepAndAPublicationItGoesOnTheSame() {
        try (CanaryGuard straight = guard(1);
                CanaryGuard stopped = guard(1)) {
            straight.step(canary(20));
            stopped.step(canary(20));
            astray(straight, new ArrayList<>());
            astray(stopped, new ArrayList<>());
            try (CanaryGuard resumed = guard(2)) {
                resumed.restore(stopped.snapshot());
                var reports = new ArrayList<StepReport>();
                var expected = new ArrayList<StepReport>();
                List<ModelArtifact> published = astray(resumed, reports);
                assertThat(hashes(published)).isEqualTo(hashes(astray(straight, expected)));
                assertThat(reports).isEqualTo(expected);
                assertThat(resumed.snapshot().payload()).isEqualTo(straight.snapshot().payload());
            }
        }
    }

    @Test
    void theCanaryIsNeverLearned() {
        try (CanaryGuard with = guard(1);
                CanaryGuard without = guard(1)) {
            for (int i = 0; i < 5; i++) {
                with.step(canary(i));
                with.step(Blobs.source(i));
                without.step(Blobs.source(i));
            }
            assertThat(with.publish().checksum()).isEqualTo(without.publish().checksum());
        }
    }

    private static List<String> hashes(List<ModelArtifact> versions) {
        return versions.stream().map(ModelArtifact::checksum).toList();
    }

    private static double value(StepReport report, String name) {
        return report.measurements().stream()
                .filter(point -> point.name().equals(name))
                .findFirst()
                .orElseThrow()
                .mean();
    }
}
