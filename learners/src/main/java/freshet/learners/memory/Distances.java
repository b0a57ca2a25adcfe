package freshet.learners.memory;

/**
 * Squared distances in single precision, to look for neighbours by. Plain arithmetic in a fixed
 * order: the same on every processor.
 */
public final class Distances {

    private Distances() {}

    /**
     * Between two keys of {@code width} numbers, at {@code from} of {@code left} and {@code
     * rightFrom} of {@code right}. Eight sums, so that the processor need not wait for one.
     */
    public static float squared(float[] left, int from, float[] right, int rightFrom, int width) {
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0;
        float sum4 = 0;
        float sum5 = 0;
        float sum6 = 0;
        float sum7 = 0;
        int d = 0;
        for (; d + 7 < width; d += 8) {
            int l = from + d;
            int r = rightFrom + d;
            float difference0 = left[l] - right[r];
            float difference1 = left[l + 1] - right[r + 1];
            float difference2 = left[l + 2] - right[r + 2];
            float difference3 = left[l + 3] - right[r + 3];
            float difference4 = left[l + 4] - right[r + 4];
            float difference5 = left[l + 5] - right[r + 5];
            float difference6 = left[l + 6] - right[r + 6];
            float difference7 = left[l + 7] - right[r + 7];
            sum0 = Math.fma(difference0, difference0, sum0);
            sum1 = Math.fma(difference1, difference1, sum1);
            sum2 = Math.fma(difference2, difference2, sum2);
            sum3 = Math.fma(difference3, difference3, sum3);
            sum4 = Math.fma(difference4, difference4, sum4);
            sum5 = Math.fma(difference5, difference5, sum5);
            sum6 = Math.fma(difference6, difference6, sum6);
            sum7 = Math.fma(difference7, difference7, sum7);
        }
        for (; d < width; d++) {
            float difference = left[from + d] - right[rightFrom + d];
            sum0 = Math.fma(difference, difference, sum0);
        }
        return ((sum0 + sum1) + (sum2 + sum3)) + ((sum4 + sum5) + (sum6 + sum7));
    }
}
