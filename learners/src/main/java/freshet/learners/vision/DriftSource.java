package freshet.learners.vision;

import freshet.learners.tensor.CounterRandom;

/**
 * An endless stream of pictures that drifts: passes over a set, each in an order of its own, every
 * record distorted by the schedule. Record i is a function of seed and i alone, so a stream can be
 * taken up anywhere.
 */
public final class DriftSource {

    private static final long ORDER_STREAM = 0;
    private static final long DISTORTION_STREAM = 1;
    private static final int DRAWS_PER_RECORD = 2;

    /**
     * One record.
     *
     * @param image which of the set
     * @param pixels as distorted
     */
    public record Item(int image, int label, Distortion distortion, byte[] pixels) {}

    private final LabelledImages images;
    private final DriftSchedule schedule;
    private final long seed;
    private long pass = -1; // the pass whose order is kept
    private int[] order;

    public DriftSource(LabelledImages images, DriftSchedule schedule, long seed) {
        if (images.size() == 0) {
            throw new IllegalArgumentException("a stream needs a picture");
        }
        this.images = images;
        this.schedule = schedule;
        this.seed = seed;
    }

    /** Record {@code record}, counted from 0. */
    public Item get(long record) {
        int image = order(record / images.size())[(int) (record % images.size())];
        var random = new CounterRandom(seed, DISTORTION_STREAM, DRAWS_PER_RECORD * record);
        Distortion distortion = schedule.draw(record, random);
        byte[] pixels =
                distortion.apply(images.images().get(image), images.height(), images.width());
        return new Item(image, images.labels()[image], distortion, pixels);
    }

    private int[] order(long wanted) {
        if (wanted != pass) {
            var random = new CounterRandom(seed, ORDER_STREAM, wanted * images.size());
            order = shuffled(images.size(), random);
            pass = wanted;
        }
        return order;
    }

    /** The numbers from 0 to {@code count - 1} in random order; {@code count} draws. */
    public static int[] shuffled(int count, CounterRandom random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = (int) random.nextLong(i + 1L);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }
}
