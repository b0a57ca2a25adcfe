package freshet.operators;

import java.io.Serializable;

/**
 * How several workers learn one model.
 *
 * @param workers K, in [1, 128]
 * @param batchesPerWorker S, in [1, 1000000]: after so many batches for each worker, on average,
 *     all take the mean of what they have
 */
public record RoundConfig(int workers, int batchesPerWorker) implements Serializable {

    public RoundConfig {
        if (workers < 1 || workers > 128) {
            throw new IllegalArgumentException(
                    "rounds.workers is %d, must be from 1 to 128".formatted(workers));
        }
        if (batchesPerWorker < 1 || batchesPerWorker > 1_000_000) {
            throw new IllegalArgumentException(
                    "rounds.batches is %d, must be from 1 to 1000000".formatted(batchesPerWorker));
        }
    }

    /** Batches of a round, of all workers. */
    int batches() {
        return workers * batchesPerWorker;
    }
}
