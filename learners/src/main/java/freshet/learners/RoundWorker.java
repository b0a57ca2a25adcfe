package freshet.learners;

import java.util.Map;
import java.util.TreeMap;

/**
 * One of K workers that learn one model: local SGD. Each learns its own batches with its own
 * learner; at the end of a round all take the mean of what they have, each computing it itself, in
 * the order of the workers, so that all have the same bits. Rounds end where whoever hands out the
 * batches says so, never by time.
 *
 * <p>The mean is weighted by updates, so a worker that had no batches in a round brings its share
 * as well, of weight 0, and holds nobody up; a round without any update changes nothing. With one
 * worker the mean is what it has, bit for bit.
 *
 * <p>Sources: Stich, "Local SGD Converges Fast and Communicates Little", ICLR 2019
 * (arXiv:1805.09767), for rounds; McMahan et al. 2017 (arXiv:1602.05629), for the weights of the
 * mean; Yu, Jin and Yang, ICML 2019 (arXiv:1905.03817), who average momentum with the weights, as
 * is done here with both of Adam's moments.
 *
 * <p>A share follows from the records alone, so shares may come more than once, as they do when a
 * job that sends them through a topic goes on from a checkpoint: repeats, and those of rounds that
 * are over or have not begun, are dropped. The latter come again, if each worker that is restored
 * while it waits sends its share once more and a worker's shares keep their order: whoever is
 * behind will be sent again what it has dropped, as it was dropped before it was sent in this
 * attempt.
 *
 * <p>State beside the learner's: round, updates in it, and shares of this round, at most K.
 */
public final class RoundWorker<B> implements AutoCloseable {

    private static final int FORMAT_VERSION = 1;

    private final AveragedLearner<B> learner;
    private final int worker;
    private final int workers;
    private final Map<Integer, RoundShare> shares = new TreeMap<>(); // of this round, by worker

    private long round;
    private int updates;
    private boolean waiting;

    /**
     * @param learner closed with this
     * @param worker in [0, workers)
     */
    public RoundWorker(AveragedLearner<B> learner, int worker, int workers) {
        if (worker < 0 || worker >= workers) {
            throw new IllegalArgumentException(
                    "worker is %d, must be from 0 to %d".formatted(worker, workers - 1));
        }
        this.learner = learner;
        this.worker = worker;
        this.workers = workers;
    }

    /**
     * Learns a batch of this round.
     *
     * @throws IllegalStateException if the round has ended and its shares are not all there
     */
    public StepReport step(B batch) {
        checkWaiting(false);
        StepReport report = learner.step(batch);
        updates += report.applied() ? 1 : 0;
        return report;
    }

    /** Ends the round here; the share goes to every worker, this one included. */
    public RoundShare endRound() {
        checkWaiting(false);
        waiting = true;
        return share();
    }

    /** Its share once more, which may have been lost; only while it waits. */
    public RoundShare share() {
        checkWaiting(true);
        return new RoundShare(round, worker, updates, learner.averaged());
    }

    /**
     * Takes a share of any worker.
     *
     * @return whether it was the last of the round, and the next one has begun
     */
    public boolean add(RoundShare share) {
        if (share.worker() < 0 || share.worker() >= workers) {
            throw new IllegalArgumentException(
                    "share is of worker %d, must be from 0 to %d"
                            .formatted(share.worker(), workers - 1));
        }
        if (share.round() != round) {
            return false;
        }
        shares.putIfAbsent(share.worker(), share);
        if (!waiting || shares.size() < workers) {
            return false;
        }
        takeMean();
        shares.clear();
        round++;
        updates = 0;
        waiting = false;
        return true;
    }

    private void takeMean() {
        long all = 0;
        int most = 0;
        for (RoundShare one : shares.values()) {
            all += one.updates();
            most = Math.max(most, one.values().length);
        }
        if (all == 0) {
            return;
        }
        double[] sums = new double[most];
        for (RoundShare one : shares.values()) { // in the order of the workers
            if (one.values().length != most) {
                throw new IllegalArgumentException(
                        "worker %d brings %d values, others %d"
                                .formatted(one.worker(), one.values().length, most));
            }
            for (int i = 0; i < most; i++) {
                sums[i] += (double) one.updates() * one.values()[i];
            }
        }
        float[] mean = new float[most];
        for (int i = 0; i < most; i++) {
            mean[i] = (float) (sums[i] / all);
        }
        learner.setAveraged(mean);
    }

    private void checkWaiting(boolean wanted) {
        if (waiting != wanted) {
            throw new IllegalStateException(
                    "worker %d %s round %d"
                            .formatted(worker, waiting ? "waits in" : "is in", round));
        }
    }

    /** Whether the round has ended here and not all shares are there. */
    public boolean isWaiting() {
        return waiting;
    }

    public long round() {
        return round;
    }

    public AveragedLearner<B> learner() {
        return learner;
    }

    /** Format (int), learner, round, updates, whether it waits, shares. */
    public byte[] snapshot() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    byte[] ofLearner = learner.snapshot().toBytes();
                    SavedState.writeBlock(out, ofLearner);
                    out.writeLong(round);
                    out.writeInt(updates);
                    out.writeBoolean(waiting);
                    out.writeInt(shares.size());
                    for (RoundShare share : shares.values()) {
                        byte[] bytes = share.toBytes();
                        SavedState.writeBlock(out, bytes);
                    }
                });
    }

    /** Goes on as if it had not stopped. */
    public void restore(byte[] snapshot) {
        SavedState.read(
                "worker of rounds",
                FORMAT_VERSION,
                snapshot,
                in -> {
                    learner.restore(LearnerSnapshot.fromBytes(SavedState.readBlock(in)));
                    round = in.readLong();
                    updates = in.readInt();
                    waiting = in.readBoolean();
                    shares.clear();
                    for (int i = in.readInt(); i > 0; i--) {
                        RoundShare share = RoundShare.fromBytes(SavedState.readBlock(in));
                        shares.put(share.worker(), share);
                    }
                });
    }

    @Override
    public void close() {
        learner.close();
    }
}
