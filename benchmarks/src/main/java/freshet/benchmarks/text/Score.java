package freshet.benchmarks.text;

/** Bits spent on texts by each published line; additive. */
final class Score {
    long bytes;
    long tokens;

    /** Bits of the served language model alone. */
    double model;

    double modelAndNeighbours;
    double contexts;
    double all;

    /** Bits of the learner itself on the tokens it learned, each batch scored before its update. */
    double learner;

    /** Tokens learned: the last few of a source wait for a full batch. */
    long learned;

    void add(Score other) {
        bytes += other.bytes;
        tokens += other.tokens;
        model += other.model;
        modelAndNeighbours += other.modelAndNeighbours;
        contexts += other.contexts;
        all += other.all;
        learner += other.learner;
        learned += other.learned;
    }

    /** Bits per byte. */
    double perByte(double bits) {
        return bits / bytes;
    }

    /** The learner's bits per byte, its few unlearned tokens taken at its own mean. */
    double learnerPerByte() {
        return learner / learned * tokens / bytes;
    }
}
