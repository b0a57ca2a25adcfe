package freshet.operators;

import freshet.learners.RoundShare;
import java.io.Serializable;
import java.util.List;

/**
 * Where the workers that learn one model leave their shares for each other, in one order for all.
 *
 * <p>The log is outside of checkpoints. It also holds shares of earlier attempts of the job, and of
 * earlier jobs, whose rounds have the same numbers: a share counts only together with the place at
 * which the attempt began that it is of.
 */
public interface ShareLog extends AutoCloseable {

    /** Travels with the job graph. */
    interface Factory extends Serializable {

        ShareLog open(String modelName);
    }

    /** The place behind all that is there, in [0, ...). */
    long end();

    /**
     * Leaves a share, and waits for those of all workers.
     *
     * @param start {@link #end} when this attempt of the job began, before any of its shares
     * @param own the share, which is among those returned, unless another of its round and worker
     *     came before it
     * @param workers how many there are
     * @return the first share of the round of each worker, in the order of the log
     * @throws InterruptedException if the task is ended while it waits
     */
    List<RoundShare> exchange(long start, RoundShare own, int workers) throws InterruptedException;

    @Override
    void close();
}
