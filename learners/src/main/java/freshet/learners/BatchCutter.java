package freshet.learners;

import java.util.List;

/**
 * Cuts ordered records into batches, by count alone: the same records in the same order give the
 * same batches, however they arrived. Its state is bounded; each implementation says by what.
 *
 * @param <R> one record
 * @param <B> one mini-batch
 */
public interface BatchCutter<R, B> {

    /** Takes the next record and returns the batches that it completes, in order; often none. */
    List<B> add(R record);

    byte[] snapshot();

    void restore(byte[] snapshot);
}
