package freshet.benchmarks.memory;

/** Squared distances in single precision, to look for neighbours by. */
final class Distances {

    private Distances() {}

    /** Eight sums, so that the processor need not wait for one. */
    static float squared(float[] left, int from, float[] right, int rightFrom, int width) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        for (int d = 0; d + 7 < width; d += 8) {
            int l = from + d;
            int r = rightFrom + d;
            float d0 = left[l] - right[r];
            float d1 = left[l + 1] - right[r + 1];
            float d2 = left[l + 2] - right[r + 2];
            float d3 = left[l + 3] - right[r + 3];
            float d4 = left[l + 4] - right[r + 4];
            float d5 = left[l + 5] - right[r + 5];
            float d6 = left[l + 6] - right[r + 6];
            float d7 = left[l + 7] - right[r + 7];
            s0 = Math.fma(d0, d0, s0);
            s1 = Math.fma(d1, d1, s1);
            s2 = Math.fma(d2, d2, s2);
            s3 = Math.fma(d3, d3, s3);
            s4 = Math.fma(d4, d4, s4);
            s5 = Math.fma(d5, d5, s5);
            s6 = Math.fma(d6, d6, s6);
            s7 = Math.fma(d7, d7, s7);
        }
        float rest = 0;
        for (int d = width & ~7; d < width; d++) {
            float difference = left[from + d] - right[rightFrom + d];
            rest = Math.fma(difference, difference, rest);
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7)) + rest;
    }
}
