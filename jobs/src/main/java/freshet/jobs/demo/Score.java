package freshet.jobs.demo;

/**
 * Bits of several predictors on the same texts, summed.
 *
 * @param bytes of the texts that count
 * @param memory bits under the online model and the memory: all experts
 * @param online bits under the online model alone
 * @param frozen bits under the frozen copy; under the online model as long as there is none, which
 *     is what a copy taken then would have given
 */
record Score(long texts, long tokens, long bytes, double memory, double online, double frozen) {

    static final Score NOTHING = new Score(0, 0, 0, 0, 0, 0);

    Score plus(Score other) {
        return new Score(
                texts + other.texts,
                tokens + other.tokens,
                bytes + other.bytes,
                memory + other.memory,
                online + other.online,
                frozen + other.frozen);
    }

    Score minus(Score other) {
        return new Score(
                texts - other.texts,
                tokens - other.tokens,
                bytes - other.bytes,
                memory - other.memory,
                online - other.online,
                frozen - other.frozen);
    }

    /** Bits per byte; NaN without a byte. */
    double memoryPerByte() {
        return perByte(memory);
    }

    double onlinePerByte() {
        return perByte(online);
    }

    double frozenPerByte() {
        return perByte(frozen);
    }

    private double perByte(double bits) {
        return bytes == 0 ? Double.NaN : bits / bytes;
    }
}
