package freshet.learners.stability;

import freshet.learners.Measurement;

/** Gathers values into one {@link Measurement}: count, sum, least and greatest. */
public final class Summary {

    private long count;
    private double sum;
    private double least = Double.POSITIVE_INFINITY;
    private double greatest = Double.NEGATIVE_INFINITY;

    public void add(double value) {
        count++;
        sum += value;
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
    }

    public Measurement of(String name, int layer, int head) {
        return new Measurement(name, layer, head, count, sum, least, greatest);
    }
}
