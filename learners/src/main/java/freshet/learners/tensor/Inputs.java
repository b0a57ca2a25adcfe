package freshet.learners.tensor;

import java.util.LinkedHashMap;
import java.util.Map;

/** Named arrays handed to a {@link Program}, in the order they were put. */
public final class Inputs {

    /** Values of one input; exactly one of {@code floats} and {@code integers} is there. */
    public record Array(float[] floats, int[] integers, long[] shape) {}

    private final Map<String, Array> arrays = new LinkedHashMap<>();

    public Inputs put(String name, float[] values, long... shape) {
        return put(name, new Array(values, null, shape.clone()), values.length);
    }

    /** Puts an index tensor. */
    public Inputs put(String name, int[] values, long... shape) {
        return put(name, new Array(null, values, shape.clone()), values.length);
    }

    private Inputs put(String name, Array array, int length) {
        long size = 1;
        for (long dimension : array.shape()) {
            size *= dimension;
        }
        if (size != length) {
            throw new IllegalArgumentException(
                    "%s has %d values, its shape %s holds %d"
                            .formatted(
                                    name, length, java.util.Arrays.toString(array.shape()), size));
        }
        arrays.put(name, array);
        return this;
    }

    public Map<String, Array> arrays() {
        return arrays;
    }
}
