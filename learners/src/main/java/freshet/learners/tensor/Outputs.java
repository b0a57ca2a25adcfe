package freshet.learners.tensor;

import java.util.Map;

/**
 * Values that a run brought back, in row-major order.
 *
 * @param arrays by the program's output name
 */
public record Outputs(Map<String, float[]> arrays) {

    public float[] get(String name) {
        float[] values = arrays.get(name);
        if (values == null) {
            throw new IllegalArgumentException(
                    "no output named %s, there are %s".formatted(name, arrays.keySet()));
        }
        return values;
    }

    public double scalar(String name) {
        float[] values = get(name);
        if (values.length != 1) {
            throw new IllegalArgumentException(
                    "%s has %d values, expected 1".formatted(name, values.length));
        }
        return values[0];
    }
}
