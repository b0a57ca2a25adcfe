package freshet.operators;

import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.Order;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What can be ordered of any learner in the stream: whether it learns, what it publishes, back to
 * which version. Orders of another kind go on to the learner itself.
 *
 * <ul>
 *   <li>{@code freeze}, {@code unfreeze}: batches pass and are not learned; what is published stays
 *       the same. Robots' {@code resume} is another matter, hence the name.
 *   <li>{@code holdPublication}, {@code releasePublication}: learning goes on, the version
 *       published last is published again in place of new ones.
 *   <li>{@code skip} {batches}: so many batches from now on are not learned but put aside.
 *   <li>{@code rewind} {version, skip}: back to the weights of the newest kept version up to that
 *       one, which is published after the next batch; versions after it are forgotten. Records are
 *       not read again: what was learned since is left out. {@code skip} batches more are put
 *       aside; default none.
 * </ul>
 */
public final class LearningControl implements Commanded {

    /** What becomes of a batch. */
    public enum Fate {
        LEARN,
        /** Not learned, and nobody asks for it again. */
        PASS,
        /** Not learned, goes to the dead letters. */
        PUT_ASIDE
    }

    /** Metadata of a version published in place of another: which one it really is. */
    static final String HELD = "publication.held";

    public static final String FREEZE = "freeze";
    public static final String UNFREEZE = "unfreeze";
    public static final String HOLD = "holdPublication";
    public static final String RELEASE = "releasePublication";
    public static final String SKIP = "skip";
    public static final String REWIND = "rewind";

    private static final int MAX_SKIPPED = 1_000_000;
    private static final String BATCHES = "batches";

    private final OnlineLearner<?> learner;
    private final KeptVersions versions;
    private final UnaryOperator<ModelArtifact> toServe;

    private boolean frozen;
    private boolean held;
    private int toSkip;
    private boolean publishesNext;

    /** The learner's own weights are published. */
    public LearningControl(OnlineLearner<?> learner, KeptVersions versions) {
        this(learner, versions, UnaryOperator.identity());
    }

    /**
     * @param toServe makes the version to publish of the learner's own
     */
    LearningControl(
            OnlineLearner<?> learner, KeptVersions versions, UnaryOperator<ModelArtifact> toServe) {
        this.learner = learner;
        this.versions = versions;
        this.toServe = toServe;
    }

    boolean isFrozen() {
        return frozen;
    }

    public boolean isHeld() {
        return held;
    }

    public Fate fateOfNextBatch() {
        if (toSkip > 0) {
            toSkip--;
            return Fate.PUT_ASIDE;
        }
        return frozen ? Fate.PASS : Fate.LEARN;
    }

    /** Whether a version is due at once; asked once. */
    public boolean takePublishesNext() {
        boolean now = publishesNext;
        publishesNext = false;
        return now;
    }

    /** The newest weights, or what was published last if that is held. */
    public ModelArtifact toPublish() {
        if (!held) {
            return toServe.apply(learner.publish());
        }
        ModelArtifact last = versions.newest().artifact();
        Map<String, String> metadata = new TreeMap<>(last.metadata());
        metadata.putIfAbsent(HELD, String.valueOf(last.step()));
        return last.with(metadata, last.bytes());
    }

    @Override
    public String obey(Order order, boolean dryRun) {
        return switch (order.action()) {
            case FREEZE -> freeze(order, true, dryRun);
            case UNFREEZE -> freeze(order, false, dryRun);
            case HOLD -> hold(order, true, dryRun);
            case RELEASE -> hold(order, false, dryRun);
            case SKIP -> skip(order, dryRun);
            case REWIND -> rewind(order, dryRun);
            default -> learner.obey(order, dryRun);
        };
    }

    private String freeze(Order order, boolean freezes, boolean dryRun) {
        order.checkArguments(Set.of());
        String before = frozen ? "frozen" : "learning";
        if (!dryRun) {
            frozen = freezes;
        }
        return "%s -> %s".formatted(before, freezes ? "frozen" : "learning");
    }

    private String hold(Order order, boolean holds, boolean dryRun) {
        order.checkArguments(Set.of());
        if (holds && versions.newest() == null) {
            throw new IllegalArgumentException("nothing has been published that could be held");
        }
        String before = held ? "publication held" : "publishing";
        if (!dryRun) {
            held = holds;
        }
        return "%s -> %s".formatted(before, holds ? "publication held" : "publishing");
    }

    private String skip(Order order, boolean dryRun) {
        order.checkArguments(Set.of(BATCHES));
        int batches = (int) order.number(BATCHES, 0, MAX_SKIPPED);
        String before = "%d batches to put aside".formatted(toSkip);
        if (!dryRun) {
            toSkip = batches;
        }
        return "%s -> %d".formatted(before, batches);
    }

    private String rewind(Order order, boolean dryRun) {
        order.checkArguments(Set.of("version", SKIP));
        long wanted = (long) order.number("version", 0, Long.MAX_VALUE);
        int batches = order.wholeNumber(SKIP, 0, 0, MAX_SKIPPED);
        ModelVersion target = versions.newestUpTo(wanted);
        if (target == null) {
            throw new IllegalArgumentException(
                    "no version up to %d is kept, only %s".formatted(wanted, versions.numbers()));
        }
        if (!dryRun) {
            ModelArtifact weights = target.artifact();
            learner.adopt(weights);
            versions.dropAfter(target.version);
            toSkip = batches;
            publishesNext = true;
        }
        long through = target.trainedThroughMillis;
        return ("weights of now -> those of version %d, trained through %s; left out is all that"
                        + " was learned after that%s")
                .formatted(
                        target.version,
                        through < 0 ? "nothing" : Instant.ofEpochMilli(through),
                        batches == 0 ? "" : ", and %d batches to come".formatted(batches));
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        out.writeBoolean(frozen);
        out.writeBoolean(held);
        out.writeInt(toSkip);
        out.writeBoolean(publishesNext);
    }

    @Override
    public void read(DataInputStream in) throws IOException {
        frozen = in.readBoolean();
        held = in.readBoolean();
        toSkip = in.readInt();
        publishesNext = in.readBoolean();
    }
}
