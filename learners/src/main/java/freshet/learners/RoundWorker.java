package freshet.learners;

import freshet.learners.stability.Summary;
import java.util.List;
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
 * <p>Between the end of a round and its last share a worker waits, and neither learns nor can be
 * kept: whoever takes checkpoints takes them before the end or after the mean. Shares of other
 * rounds are dropped, and of two of one worker the second, so that all who take them in one order
 * have the same mean.
 *
 * <p>State beside the learner's: round, and updates, nats and items in it.
 */
public final class RoundWorker<B> implements AutoCloseable {

    private static final int FORMAT_VERSION = 2;

    private final AveragedLearner<B> learner;
    private final int worker;
    private final int workers;
    private final Map<Integer, RoundShare> shares = new TreeMap<>(); // of this round, by worker

    /**
     * What all workers did in a round.
     *
     * @param nats sum over the new items of their loss before they were learned
     * @param items that were new
     * @param measurements the same and the updates, by worker
     */
    public record Round(double nats, long items, List<Measurement> measurements) {}

    private long round;
    private int updates; // in this round, as the following
    private double nats;
    private long items;
    private boolean waiting;
    private Round ended;

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
        if (report.applied() && report.items() > 0) { // else it was put aside, to be measured on
            updates++;
            nats += report.lossBeforeLearning();
            items += report.items();
        }
        return report;
    }

    /** Ends the round here; the share goes to every worker, this one included. */
    public RoundShare endRound() {
        checkWaiting(false);
        waiting = true;
        return new RoundShare(round, worker, updates, nats, items, learner.averaged());
    }

    /**
     * Takes a share of any worker.
     *
     * @return whether it was the last of the round, and the next one has begun
     * @throws IllegalStateException if this worker's round has not ended
     */
    public boolean add(RoundShare share) {
        checkWaiting(true);
        if (share.worker() < 0 || share.worker() >= workers) {
            throw new IllegalArgumentException(
                    "share is of worker %d, must be from 0 to %d"
                            .formatted(share.worker(), workers - 1));
        }
        if (share.round() != round) {
            return false;
        }
        shares.putIfAbsent(share.worker(), share);
        if (shares.size() < workers) {
            return false;
        }
        takeMean();
        ended = summed();
        shares.clear();
        round++;
        updates = 0;
        nats = 0;
        items = 0;
        waiting = false;
        return true;
    }

    private Round summed() {
        double allNats = 0;
        var ofUpdates = new Summary();
        var ofItems = new Summary();
        for (RoundShare one : shares.values()) { // in the order of the workers
            allNats += one.nats();
            ofUpdates.add(one.updates());
            ofItems.add((double) one.items());
        }
        Measurement allItems = ofItems.of("roundItems", -1, -1);
        return new Round(
                allNats,
                (long) allItems.sum(),
                List.of(ofUpdates.of("roundUpdates", -1, -1), allItems));
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

    /** The round that ended last; null before one has since this was made. */
    public Round ended() {
        return ended;
    }

    /** From 0. */
    public long round() {
        return round;
    }

    public AveragedLearner<B> learner() {
        return learner;
    }

    /**
     * Format (int), learner (block), round (long), updates (int), nats (double), items (long).
     *
     * @throws IllegalStateException while it waits
     */
    public byte[] snapshot() {
        checkWaiting(false);
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    SavedState.writeBlock(out, learner.snapshot().toBytes());
                    out.writeLong(round);
                    out.writeInt(updates);
                    out.writeDouble(nats);
                    out.writeLong(items);
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
                    nats = in.readDouble();
                    items = in.readLong();
                });
    }

    @Override
    public void close() {
        learner.close();
    }
}
