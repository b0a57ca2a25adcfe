package freshet.benchmarks;

/**
 * {@code cost = factor * size ^ exponent}, fitted to measurements by least squares between their
 * logarithms.
 *
 * @param residual root of the mean squared distance of the logarithms from the line: 0.1 is about
 *     10 %
 */
public record PowerLaw(double factor, double exponent, double residual) {

    /**
     * @param sizes above 0, at least two different ones
     * @param costs above 0, as many
     */
    public static PowerLaw fit(double[] sizes, double[] costs) {
        int count = sizes.length;
        if (count < 2 || costs.length != count) {
            throw new IllegalArgumentException(
                    "%d sizes and %d costs, must be as many and at least 2"
                            .formatted(count, costs.length));
        }
        double meanSize = 0;
        double meanCost = 0;
        for (int i = 0; i < count; i++) {
            meanSize += Math.log(sizes[i]) / count;
            meanCost += Math.log(costs[i]) / count;
        }
        double together = 0;
        double apart = 0;
        for (int i = 0; i < count; i++) {
            double size = Math.log(sizes[i]) - meanSize;
            together += size * (Math.log(costs[i]) - meanCost);
            apart += size * size;
        }
        double exponent = together / apart;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double expected = meanCost + exponent * (Math.log(sizes[i]) - meanSize);
            squares += Math.pow(Math.log(costs[i]) - expected, 2) / count;
        }
        return new PowerLaw(Math.exp(meanCost - exponent * meanSize), exponent, Math.sqrt(squares));
    }

    /** The cost of a size. */
    public double at(double size) {
        return factor * Math.pow(size, exponent);
    }

    /** The size at which a cost is reached. */
    public double sizeAt(double cost) {
        return Math.pow(cost / factor, 1 / exponent);
    }
}
