package freshet.operators;

import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.RoundWorker;
import freshet.learners.StepReport;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.zip.CRC32C;

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
    private long passed;
    private long handed;
    private long trainedThroughMillis = NEVER;
    private long learnedAppendTimeMillis = NEVER;
    private double windowNats;
    private long windowItems;
    private long lastChecksum = NEVER; // of the last version's chunks, by what they are made of

    private String warmStart =
            ""; // SHA-256 of the weights it began with, in hex; empty: the seed's

    PublishingSchedule(LearnerSetup<?, ?> setup) {
        this.everySteps = setup.publishEverySteps();
        this.tokenizerHash = setup.tokenizerHash(); // once: it may read a vocabulary
    }

    /**
     * A learner without state takes the weights that it is to begin with, if any. Its moments are
     * 0, its first update is number 1, and its versions are numbered from the one after that of the
     * weights.
     *
     * @throws IllegalArgumentException if they are of another model
     */
    void begin(LearnerSetup<?, ?> setup, OnlineLearner<?> learner) {
        WarmStart start = setup.start();
        if (start == null) {
            return;
        }
        learner.adopt(start.artifact());
        warmStart = start.artifact().checksum();
        trainedThroughMillis = start.trainedThroughMillis();
        lastVersion = start.version();
        passed = start.version() + 1;
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
        handed++;
        trainedThroughMillis = Math.max(trainedThroughMillis, eventTimeMillis);
        if (report.applied()) {
            windowNats += report.lossBeforeLearning();
            windowItems += report.items();
        }
    }

    /** A batch went by that was not to be learned: as an update that changes nothing. */
    void passed(long eventTimeMillis) {
        passed++;
        trainedThroughMillis = Math.max(trainedThroughMillis, eventTimeMillis);
    }

    /** A round of several workers has ended: versions are counted by the batches of all. */
    void roundEnded(RoundItem end, RoundWorker.Round round) {
        passed += end.batches;
        trainedThroughMillis = Math.max(trainedThroughMillis, end.eventTimeMillis);
        learned(end.appendTimeMillis);
        windowNats += round.nats();
        windowItems += round.items();
    }

    boolean isDue() {
        return step + passed >= lastVersion + everySteps;
    }

    /** Whether a batch has come since the last version: two cannot have one number. */
    boolean hasMoved() {
        return step + passed > lastVersion;
    }

    long step() {
        return step;
    }

    /** Batches that the learner was given, those included that it refused. */
    long handed() {
        return handed;
    }

    /** The version before the first update: trained through what its weights are, or nothing. */
    ModelVersion untrained(LearnerSetup<?, ?> setup, OnlineLearner<?> learner) {
        started = true;
        return version(setup, learner.publish(), NEVER);
    }

    ModelVersion next(LearnerSetup<?, ?> setup, ModelArtifact artifact) {
        return version(setup, artifact, trainedThroughMillis);
    }

    /**
     * The stream has ended. If the last version would be written otherwise than the one before,
     * which has all updates too, it gets a number of its own, as if a batch had passed: an order
     * may have changed the weights since, or a batch come that was refused.
     */
    void ends(ModelArtifact artifact) {
        if (!hasMoved() && lastChecksum != NEVER && checksum(artifact) != lastChecksum) {
            passed++;
        }
    }

    private long checksum(ModelArtifact artifact) {
        var sum = new CRC32C();
        sum.update(artifact.bytes());
        sum.update(ByteBuffer.allocate(Long.BYTES).putLong(0, trainedThroughMillis));
        return sum.getValue();
    }

    /** The version at the end of a bounded stream, after {@link #ends}. */
    ModelVersion last(LearnerSetup<?, ?> setup, ModelArtifact artifact, OnlineLearner<?> learner) {
        ModelVersion last = version(setup, artifact, Long.MAX_VALUE);
        last.metadata = new HashMap<>(last.metadata);
        last.metadata.put(LEARNER_HASH, learner.snapshot().hash());
        return last;
    }

    private ModelVersion version(
            LearnerSetup<?, ?> setup, ModelArtifact artifact, long completeThroughMillis) {
        ModelVersion version = ModelVersion.of(setup.modelName(), step + passed, artifact);
        if (version.version > lastVersion) {
            parentVersion = lastVersion;
        }
        version.parentVersion = parentVersion;
        version.trainedThroughMillis = trainedThroughMillis;
        version.completeThroughMillis = completeThroughMillis;
        version.learnedAppendTimeMillis = learnedAppendTimeMillis;
        version.tokenizerHash = tokenizerHash;
        if (!warmStart.isEmpty()) {
            version.metadata = new HashMap<>(version.metadata);
            version.metadata.put(ModelArtifact.WARM_START, warmStart);
        }
        version.scoreBitsPerToken = windowItems == 0 ? Double.NaN : windowNats / LN_2 / windowItems;
        lastVersion = version.version;
        lastChecksum = checksum(artifact);
        windowNats = 0;
        windowItems = 0;
        return version;
    }

    byte[] snapshot() {
        byte[] begunWith = HexFormat.of().parseHex(warmStart); // 32 bytes, or none
        return ByteBuffer.allocate(1 + 10 * 8 + begunWith.length)
                .put((byte) (started ? 1 : 0))
                .putLong(lastVersion)
                .putLong(parentVersion)
                .putLong(step)
                .putLong(trainedThroughMillis)
                .putLong(learnedAppendTimeMillis)
                .putDouble(windowNats)
                .putLong(windowItems)
                .putLong(passed)
                .putLong(handed)
                .putLong(lastChecksum)
                .put(begunWith)
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
        passed = bytes.hasRemaining() ? bytes.getLong() : 0; // not there before commands were
        handed = bytes.hasRemaining() ? bytes.getLong() : step; // refused ones were not counted
        lastChecksum = bytes.hasRemaining() ? bytes.getLong() : NEVER;
        byte[] begunWith = new byte[bytes.remaining()];
        bytes.get(begunWith);
        warmStart = HexFormat.of().formatHex(begunWith);
    }
}
