package freshet.operators;

/**
 * Time from an event's arrival in the log until the first prediction by a model that has learned
 * it, measured at every change of version. For people and metrics; nothing is computed from it.
 */
final class LearningLag {

    private long version = -1;
    private long lastMillis = -1;

    long lastMillis() {
        return lastMillis;
    }

    /** Returns the lag if {@code encoded} is the first prediction of its version, else -1. */
    long served(EncodedText encoded, long nowMillis) {
        if (encoded.modelVersion == version) {
            return -1;
        }
        version = encoded.modelVersion;
        if (encoded.learnedAppendTimeMillis < 0) {
            return -1;
        }
        lastMillis = nowMillis - encoded.learnedAppendTimeMillis;
        return lastMillis;
    }
}
