package freshet.benchmarks.stability;

import freshet.learners.language.TextBatch;
import freshet.learners.tensor.CounterRandom;

/** What goes wrong with a run from some update on. */
enum Sabotage {
    NONE,
    /** The learning rate grows by 5 % an update, up to 130 times. */
    RATE_GROWTH,
    /** The learning rate is ten times what it was, at once. */
    RATE_10,
    RATE_30,
    /** Queries or keys grow by 3 % an update: a softmax that grows sharper. */
    TEMPERATURE,
    /** One batch comes again and again. */
    FROZEN,
    /** Ever more tokens are others, up to a fifth after 100 updates. */
    POISON,
    /** Of all that comes nothing is text. */
    GARBAGE;

    private static final double MOST = 130;
    private static final double POISONED = 0.2;
    private static final int RAMP = 100;
    private static final long RANDOM_STREAM = 77;

    /** Factor of the learning rate, {@code since} updates after the first that is sabotaged. */
    double rate(long since) {
        return switch (this) {
            case RATE_GROWTH -> Math.min(MOST, Math.pow(1.05, since + 1.0));
            case RATE_10 -> 10;
            case RATE_30 -> 30;
            default -> 1;
        };
    }

    /** Factor by which queries or keys grow at each update. */
    double sharpening() {
        return this == TEMPERATURE ? 1.03 : 1;
    }

    boolean repeatsData() {
        return this == FROZEN;
    }

    /** The batch as it comes. */
    TextBatch batch(TextBatch sound, long since, int vocabulary, long seed) {
        double share =
                switch (this) {
                    case POISON -> POISONED * Math.min(1, (since + 1.0) / RAMP);
                    case GARBAGE -> 1;
                    default -> 0;
                };
        if (share == 0) {
            return sound;
        }
        var random = new CounterRandom(seed, RANDOM_STREAM, since * 10_000);
        int[] tokens = sound.tokens().clone();
        for (int i = 0; i < tokens.length; i++) {
            if (random.nextDouble() < share) {
                tokens[i] = (int) random.nextLong(vocabulary);
            }
        }
        return new TextBatch(
                sound.source(),
                sound.firstSequence(),
                sound.lastSequence(),
                sound.eventTimeMillis(),
                sound.context(),
                tokens);
    }
}
