package freshet.learners.tensor;

/**
 * Random numbers that are a pure function of (seed, stream, counter), so that a snapshot needs only
 * the counter and nothing depends on a hidden global.
 *
 * <p>Source: the counter is passed through the SplitMix64 finaliser (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014), twice with the key between.
 */
public final class CounterRandom {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long key;
    private long counter;

    /**
     * @param seed the run's seed
     * @param stream tells apart uses of one seed, such as initial weights and replay
     * @param counter numbers drawn before
     */
    public CounterRandom(long seed, long stream, long counter) {
        this.key = mix(mix(seed + GOLDEN_GAMMA) ^ (stream * GOLDEN_GAMMA));
        this.counter = counter;
    }

    /** Numbers drawn so far: all that a snapshot needs. */
    public long counter() {
        return counter;
    }

    public long nextLong() {
        return mix(mix(counter++ * GOLDEN_GAMMA + key) ^ key);
    }

    /** Uniform in [0, 1), 53 bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in [0, bound); bias below bound / 2^53. */
    public long nextLong(long bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound is %d, must be above 0".formatted(bound));
        }
        return (long) (nextDouble() * bound);
    }

    /** Standard normal, by Box-Muller; two draws of the counter for each. */
    public double nextGaussian() {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
