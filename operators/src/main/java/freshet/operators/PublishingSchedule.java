package freshet.operators;

import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import java.nio.ByteBuffer;
import java.util.HashMap;

/** When the next model version is due, and what its manifest says. Counts updates, never time. */
final class PublishingSchedule {

    /** Metadata of the last version: SHA-256 of the learner, moments and counters included. */
    static final String LEARNER_HASH = "learner.hash";

    private static final long NEVER = -1;
    private static final double LN_2 = Math.log(2);

    private final int everySteps;
    private final String tokenizerHash;

    private boolean started;
    private long lastVersion = NEVER;
    private long parentVersion = NEVER;
    private long step;
    private long trainedThroughMillis = NEVER;
    private long learnedAppendTimeMillis = NEVER;
    private double windowNats;
    private long windowItems;

    PublishingSchedule(LearnerSetup<?, ?> setup) {
        this.everySteps = setup.publishEverySteps();
        this.tokenizerHash = setup.tokenizerHash(); // once: it may read a vocabulary
    }

    boolean hasStarted() {
        return started;
    }

    /** A record was handed to the learner; what it holds may wait for the next batch. */
    void learned(long appendTimeMillis) {
        learnedAppendTimeMillis = Math.max(learnedAppendTimeMillis, appendTimeMillis);
    }

    void stepped(long eventTimeMillis, StepReport report) {
        step = report.step();
        trainedThroughMillis = Math.max(trainedThroughMillis, eventTimeMillis);
        if (report.applied()) {
            windowNats += report.lossBeforeLearning();
            windowItems += report.items();
        }
    }

    boolean isDue() {
        return step >= lastVersion + everySteps;
    }

    /** The version before the first update: trained through nothing. */
    ModelVersion untrained(LearnerSetup<?, ?> setup, OnlineLearner<?> learner) {
        started = true;
        return version(setup, learner, NEVER);
    }

    ModelVersion next(LearnerSetup<?, ?> setup, OnlineLearner<?> learner) {
        return version(setup, learner, trainedThroughMillis);
    }

    /** The version at the end of a bounded stream. */
    ModelVersion last(LearnerSetup<?, ?> setup, OnlineLearner<?> learner) {
        ModelVersion last = version(setup, learner, Long.MAX_VALUE);
        last.metadata = new HashMap<>(last.metadata);
        last.metadata.put(LEARNER_HASH, learner.snapshot().hash());
        return last;
    }

    private ModelVersion version(
            LearnerSetup<?, ?> setup, OnlineLearner<?> learner, long completeThroughMillis) {
        ModelArtifact artifact = learner.publish();
        ModelVersion version = new ModelVersion();
        version.modelName = setup.modelName();
        version.version = step;
        if (step > lastVersion) {
            parentVersion = lastVersion;
        }
        version.parentVersion = parentVersion;
        version.trainedThroughMillis = trainedThroughMillis;
        version.completeThroughMillis = completeThroughMillis;
        version.learnedAppendTimeMillis = learnedAppendTimeMillis;
        version.kind = artifact.kind();
        version.formatVersion = artifact.formatVersion();
        version.configuration = artifact.configuration();
        version.tokenizerHash = tokenizerHash;
        version.metadata = artifact.metadata();
        version.scoreBitsPerToken = windowItems == 0 ? Double.NaN : windowNats / LN_2 / windowItems;
        version.bytes = artifact.bytes();
        lastVersion = step;
        windowNats = 0;
        windowItems = 0;
        return version;
    }

    byte[] snapshot() {
        return ByteBuffer.allocate(1 + 7 * 8)
                .put((byte) (started ? 1 : 0))
                .putLong(lastVersion)
                .putLong(parentVersion)
                .putLong(step)
                .putLong(trainedThroughMillis)
                .putLong(learnedAppendTimeMillis)
                .putDouble(windowNats)
                .putLong(windowItems)
                .array();
    }

    void restore(byte[] snapshot) {
        ByteBuffer bytes = ByteBuffer.wrap(snapshot);
        started = bytes.get() == 1;
        lastVersion = bytes.getLong();
        parentVersion = bytes.getLong();
        step = bytes.getLong();
        trainedThroughMillis = bytes.getLong();
        learnedAppendTimeMillis = bytes.getLong();
        windowNats = bytes.getDouble();
        windowItems = bytes.getLong();
    }
}
