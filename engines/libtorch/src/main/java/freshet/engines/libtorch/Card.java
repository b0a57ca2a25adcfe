package freshet.engines.libtorch;

/**
 * A GPU, as CUDA's runtime describes it.
 *
 * @param capability compute capability in tenths, 90 for 9.0
 */
record Card(int index, String name, int capability, long memoryBytes) {

    /** What libtorch's GPU build holds code for. */
    static final int LEAST = 75;

    static final int MOST = 120;

    boolean isSupported() {
        return capability >= LEAST && capability <= MOST;
    }

    String capabilityText() {
        return capability / 10 + "." + capability % 10;
    }

    @Override
    public String toString() {
        return "cuda:%d %s, compute capability %s, %d MiB"
                .formatted(index, name, capabilityText(), memoryBytes >> 20);
    }
}
