package freshet.jobs.demo.images;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.vision.DriftSchedule;
import freshet.learners.vision.DriftSource;
import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.LabelledImages;
import java.util.Arrays;
import java.util.List;

/**
 * The stream: first upright pictures of clothes, whose labels come at once; then others that slowly
 * turn and stay turned, whose labels come late. Picture i is a function of the seed and i alone.
 * Thread-safe.
 */
final class TurningClothes {

    /** The first part's source. */
    static final String UPRIGHT = "upright";

    /** Of some pictures of the first part, which are never learned. */
    static final String CANARY = "canary";

    /** The second part's. */
    static final String TURNING = "turning";

    private static final int CANARY_EVERY = 50;

    private static final double RANGE_DEGREES = 5;
    private static final double MOVING_SHARE = 0.75;
    private static final long ORDER_STREAM = 2;

    private final int upright;
    private final int turning;
    private final double degrees;
    private final boolean canary;
    private final DriftSource first;
    private final DriftSource second;

    /**
     * @param upright pictures of the first part
     * @param turning pictures of the second
     * @param degrees that they have turned by in the end, at least 5
     * @param canary whether some of the first part are to judge versions
     */
    TurningClothes(int upright, int turning, double degrees, boolean canary, long seed) {
        this.upright = upright;
        this.turning = turning;
        this.degrees = degrees;
        this.canary = canary;
        LabelledImages all = FashionMnist.train();
        int half = all.size() / 2;
        int[] order = DriftSource.shuffled(all.size(), new CounterRandom(seed, ORDER_STREAM, 0));
        first =
                new DriftSource(
                        all.select(Arrays.copyOf(order, half)),
                        DriftSchedule.turns(0, RANGE_DEGREES),
                        seed);
        second =
                new DriftSource(
                        all.select(Arrays.copyOfRange(order, half, 2 * half)),
                        schedule(),
                        seed + 1);
    }

    private DriftSchedule schedule() {
        return new DriftSchedule(
                List.of(
                        DriftSchedule.Stage.turns(0, 0, RANGE_DEGREES),
                        DriftSchedule.Stage.turns(
                                Math.max(1, Math.round(MOVING_SHARE * turning)),
                                degrees - RANGE_DEGREES,
                                degrees)));
    }

    int size() {
        return upright + turning;
    }

    /** Where the second part begins. */
    int turningFrom() {
        return upright;
    }

    boolean isUpright(int picture) {
        return picture < upright;
    }

    synchronized DriftSource.Item get(int picture) {
        return isUpright(picture) ? first.get(picture) : second.get(picture - upright);
    }

    String source(int picture) {
        if (!isUpright(picture)) {
            return TURNING;
        }
        return canary && picture % CANARY_EVERY == 0 ? CANARY : UPRIGHT;
    }

    long sequence(int picture) {
        return isUpright(picture) ? picture : picture - upright;
    }

    String recordId(int picture) {
        return source(picture) + "/" + sequence(picture);
    }

    /** The picture of a record id of this stream. */
    int picture(String source, long sequence) {
        return (int) (source.equals(TURNING) ? upright + sequence : sequence);
    }
}
