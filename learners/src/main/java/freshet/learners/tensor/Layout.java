package freshet.learners.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Collects parameters in order. */
    public static final class Builder {
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final List<ToDoubleFunction<CounterRandom>> initial = new ArrayList<>();
        private int size;

        /** Adds a parameter whose elements start as independent draws of {@code value}. */
        public Builder add(String name, ToDoubleFunction<CounterRandom> value, long... shape) {
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
                ToDoubleFunction<CounterRandom> value = initial.get(parameter++);
                for (int i = 0; i < entry.size(); i++) {
                    values[entry.offset() + i] = (float) value.applyAsDouble(random);
                }
            }
            return values;
        }
    }
}
