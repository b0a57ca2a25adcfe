package freshet.learners.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Names, shapes and places of a model's parameters in one flat buffer.
 *
 * @param entries in the order of the buffer
 */
public record Layout(List<Entry> entries) {

    /**
     * One parameter.
     *
     * @param offset index of its first element in the flat buffer
     */
    public record Entry(String name, long[] shape, int offset) {

        public int size() {
            long size = 1;
            for (long dimension : shape) {
                size *= dimension;
            }
            return Math.toIntExact(size);
        }
    }

    public Layout {
        entries = List.copyOf(entries);
    }

    /** Number of floats in the flat buffer. */
    public int size() {
        if (entries.isEmpty()) {
            return 0;
        }
        Entry last = entries.get(entries.size() - 1);
        return last.offset() + last.size();
    }

    public Entry entry(String name) {
        return entries.stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no parameter named " + name));
    }

    /** Initial values of one parameter. */
    @FunctionalInterface
    private interface Initial {
        float[] values(CounterRandom random, int count);
    }

    /** Collects parameters in order. */
    public static final class Builder {
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final List<Initial> initial = new ArrayList<>();
        private int size;

        /** Adds a parameter whose elements start as independent draws of {@code value}. */
        public Builder add(String name, ToDoubleFunction<CounterRandom> value, long... shape) {
            return add(
                    name,
                    (random, count) -> {
                        float[] values = new float[count];
                        for (int i = 0; i < count; i++) {
                            values[i] = (float) value.applyAsDouble(random);
                        }
                        return values;
                    },
                    shape);
        }

        /**
         * Adds a parameter whose elements start together, such as an orthogonal matrix.
         *
         * @param values gives all of them, row-major
         */
        public Builder addWhole(
                String name, Function<CounterRandom, float[]> values, long... shape) {
            return add(name, (random, count) -> values.apply(random), shape);
        }

        private Builder add(String name, Initial value, long... shape) {
            Entry entry = new Entry(name, shape.clone(), size);
            if (entries.put(name, entry) != null) {
                throw new IllegalArgumentException("two parameters named " + name);
            }
            initial.add(value);
            size = Math.addExact(size, entry.size());
            return this;
        }

        public Layout build() {
            return new Layout(List.copyOf(entries.values()));
        }

        /** Initial values of the flat buffer, drawn in order from {@code random}. */
        public float[] initialValues(CounterRandom random) {
            float[] values = new float[size];
            int parameter = 0;
            for (Entry entry : entries.values()) {
                float[] one = initial.get(parameter++).values(random, entry.size());
                System.arraycopy(one, 0, values, entry.offset(), entry.size());
            }
            return values;
        }
    }
}
