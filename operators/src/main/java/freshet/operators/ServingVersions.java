package freshet.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which version answers a text. The rule that keeps scores honest is here and nowhere else: a
 * version may be scored on a text of event time t only if {@code trainedThrough + delay <= t}, as
 * then it has learned nothing of that time or later.
 *
 * <p>Evaluation waits for the version that is due. Live never waits: it takes the newest of the
 * last {@value #LIVE_VERSIONS} versions that may be scored; where none may, as with a predictor far
 * behind its learner, the newest answers and its score does not count.
 */
final class ServingVersions {

    /** Bounds what live mode keeps in state. */
    private static final int LIVE_VERSIONS = 4;

    private final ServingConfig config;
    private final TreeMap<Long, ModelVersion> versions = new TreeMap<>();
    private ModelVersion frozen;

    ServingVersions(ServingConfig config) {
        this.config = config;
    }

    boolean isEmpty() {
        return versions.isEmpty();
    }

    int size() {
        return versions.size();
    }

    void add(ModelVersion version) {
        if (config.frozenAtMillis() >= 0
                && version.trainedThroughMillis <= config.frozenAtMillis()
                && (frozen == null || version.version >= frozen.version)) {
            frozen = version;
        }
        ModelVersion known = versions.get(version.version);
        if (known != null) { // a repeat after the learner's restart, or the end of the stream
            version.completeThroughMillis =
                    Math.max(known.completeThroughMillis, version.completeThroughMillis);
        }
        versions.put(version.version, version);
        while (!config.evaluation() && versions.size() > LIVE_VERSIONS) {
            versions.pollFirstEntry();
        }
    }

    /** Whether {@code version}'s score on a text of that time is a test. */
    boolean isTest(ModelVersion version, long eventTimeMillis) {
        return hasTakenEffect(version, eventTimeMillis);
    }

    /** The newest version, for who asks without a score; null: there is none yet. */
    ModelVersion newest() {
        return versions.isEmpty() ? null : versions.lastEntry().getValue();
    }

    /** The version that answers a text of event time {@code eventTimeMillis}; null: wait. */
    ModelVersion dueAt(long eventTimeMillis) {
        if (versions.isEmpty()) {
            return null;
        }
        if (!config.evaluation()) {
            for (ModelVersion version : versions.descendingMap().values()) {
                if (hasTakenEffect(version, eventTimeMillis)) {
                    return version;
                }
            }
            return newest();
        }
        if (!isKnown(versions.lastEntry().getValue(), eventTimeMillis)) {
            return null;
        }
        ModelVersion due = null;
        for (Map.Entry<Long, ModelVersion> entry : versions.entrySet()) {
            if (!hasTakenEffect(entry.getValue(), eventTimeMillis)) {
                break;
            }
            due = entry.getValue();
        }
        if (due != null) {
            versions.headMap(due.version).clear();
        }
        return due;
    }

    /** No version that takes effect up to that time is still to come. */
    private boolean isKnown(ModelVersion newest, long eventTimeMillis) {
        return newest.completeThroughMillis == Long.MAX_VALUE
                || newest.completeThroughMillis + config.delayMillis() > eventTimeMillis;
    }

    private boolean hasTakenEffect(ModelVersion version, long eventTimeMillis) {
        return version.trainedThroughMillis < 0
                || version.trainedThroughMillis + config.delayMillis() <= eventTimeMillis;
    }

    /** The version kept for comparison; null if there is none yet. */
    ModelVersion frozen() {
        return frozen;
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
