package freshet.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Which version answers a text. The rule that keeps scores honest is here and nowhere else: a
 * version has seen a text of event time t unless its {@code trainedThrough} lies <em>before</em> t.
 *
 * <p>Strictly before, because several records may share one event time and a batch may end inside a
 * record: a version trained through t may have learned all, some or a part of one of them. It has
 * learned nothing of any record after t, as the learn branch orders by event time first.
 *
 * <p>Evaluation mode: the newest version with {@code trainedThrough + delay <= t}, waiting until it
 * is known that no other such version is still to come.
 *
 * <p>Live mode never waits. A text to learn is answered by the newest version that has not seen it;
 * a query, which nobody scores, by the newest of all. So that the first is there while the learner
 * is ahead, at most {@value #LIVE_VERSIONS} versions are kept: the newest, the newest that had not
 * seen the last text, and some between them, spread over event time.
 *
 * <p>Where no version is left that has not seen the text, an answer is given all the same, and
 * {@link #hasSeen} tells that it is no test.
 */
final class ServingVersions {

    /** Versions kept in live mode: bounds the predictor's state. */
    static final int LIVE_VERSIONS = 4;

    private final ServingConfig config;
    private final TreeMap<Long, ModelVersion> versions = new TreeMap<>();
    private ModelVersion frozen;

    /** Live: event time of the last text that was to be learned. */
    private long lastEventTimeMillis = Long.MIN_VALUE;

    ServingVersions(ServingConfig config) {
        this.config = config;
    }

    int size() {
        return versions.size();
    }

    /** Whether a model or memory taught by versions up to that event time may know the text. */
    static boolean hasSeen(long trainedThroughMillis, long eventTimeMillis) {
        return trainedThroughMillis >= 0 && trainedThroughMillis >= eventTimeMillis;
    }

    /** Takes back what {@link #kept} gave, in any order. */
    void restore(Iterable<ModelVersion> kept) {
        for (ModelVersion version : kept) {
            noteFrozen(version);
            versions.put(version.version, version);
        }
        if (!config.evaluation() && versions.size() > LIVE_VERSIONS) {
            versions.pollFirstEntry(); // kept as the frozen one only
        }
    }

    void add(ModelVersion version) {
        noteFrozen(version);
        ModelVersion known = versions.get(version.version);
        if (known != null) { // a repeat after the learner's restart, or the end of the stream
            version.completeThroughMillis =
                    Math.max(known.completeThroughMillis, version.completeThroughMillis);
        }
        versions.put(version.version, version);
        if (!config.evaluation() && versions.size() > LIVE_VERSIONS) {
            dropOne();
        }
    }

    private void noteFrozen(ModelVersion version) {
        if (config.frozenAtMillis() >= 0
                && version.trainedThroughMillis <= config.frozenAtMillis()
                && (frozen == null || version.version >= frozen.version)) {
            frozen = version;
        }
    }

    /**
     * The version that answers an observation; null: wait.
     *
     * @param learn whether it is to be learned too, so that its answer may be scored
     */
    ModelVersion dueFor(long eventTimeMillis, boolean learn) {
        if (versions.isEmpty()) {
            return null;
        }
        ModelVersion newest = versions.lastEntry().getValue();
        if (config.evaluation()) {
            return isKnown(newest, eventTimeMillis)
                    ? newestBefore(eventTimeMillis - config.delayMillis() + 1)
                    : null;
        }
        if (!learn) {
            return newest;
        }
        lastEventTimeMillis = eventTimeMillis;
        return newestBefore(eventTimeMillis);
    }

    /**
     * The newest version that has not seen texts of that event time. In evaluation mode texts come
     * in order, and what is older is let go. Where none is left: the newest of all, or in
     * evaluation mode, which must not depend on what has come in the meantime, the oldest.
     */
    private ModelVersion newestBefore(long eventTimeMillis) {
        ModelVersion due = null;
        for (ModelVersion version : versions.values()) {
            if (hasSeen(version.trainedThroughMillis, eventTimeMillis)) {
                break;
            }
            due = version;
        }
        if (due == null) {
            return (config.evaluation() ? versions.firstEntry() : versions.lastEntry()).getValue();
        }
        if (config.evaluation()) {
            versions.headMap(due.version).clear();
        }
        return due;
    }

    /** No version that takes effect up to that time is still to come. */
    private boolean isKnown(ModelVersion newest, long eventTimeMillis) {
        return newest.completeThroughMillis == Long.MAX_VALUE
                || newest.completeThroughMillis + config.delayMillis() > eventTimeMillis;
    }

    /**
     * Lets go what will be missed least: the oldest if a later one has not seen the last text
     * either, else the one whose neighbours lie closest together in event time. The newest stays.
     */
    private void dropOne() {
        List<ModelVersion> ordered = new ArrayList<>(versions.values());
        if (!hasSeen(ordered.get(1).trainedThroughMillis, lastEventTimeMillis)) {
            versions.remove(ordered.get(0).version);
            return;
        }
        ModelVersion least = null;
        long smallestGap = Long.MAX_VALUE;
        for (int i = 1; i < ordered.size() - 1; i++) {
            long gap =
                    ordered.get(i + 1).trainedThroughMillis
                            - ordered.get(i - 1).trainedThroughMillis;
            if (gap < smallestGap) {
                smallestGap = gap;
                least = ordered.get(i);
            }
        }
        versions.remove(least.version);
    }

    /**
     * The version kept for comparison, where it can be compared with: null if there is none yet, or
     * if the text lies before the freeze, where the frozen version may have seen it.
     */
    ModelVersion frozenFor(long eventTimeMillis) {
        return frozen == null || eventTimeMillis - config.delayMillis() < config.frozenAtMillis()
                ? null
                : frozen;
    }

    /** All that a restart needs, oldest first. */
    List<ModelVersion> kept() {
        List<ModelVersion> kept = new ArrayList<>(versions.values());
        if (frozen != null && !versions.containsKey(frozen.version)) {
            kept.add(0, frozen);
        }
        return kept;
    }
}
