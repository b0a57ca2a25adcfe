package freshet.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Copies of a configuration record with some components changed by name. */
public final class RecordOverrides {

    private RecordOverrides() {}

    /**
     * Returns {@code standard} with the named components replaced.
     *
     * @param changes component name to value, as text: numbers, booleans, names of enums, and lists
     *     of whole numbers with + between them
     * @throws IllegalArgumentException if a name is no component, or the record refuses a value
     */
    public static <R extends Record> R with(R standard, Map<String, String> changes) {
        var left = new TreeMap<>(changes);
        RecordComponent[] components = standard.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                String text = left.remove(components[i].getName());
                values[i] =
                        text == null
                                ? components[i].getAccessor().invoke(standard)
                                : parse(types[i], text);
            }
            if (!left.isEmpty()) {
                throw new IllegalArgumentException(
                        "%s are not among %s"
                                .formatted(
                                        left.keySet(),
                                        Arrays.stream(components)
                                                .map(RecordComponent::getName)
                                                .toList()));
            }
            @SuppressWarnings("unchecked")
            Class<R> type = (Class<R>) standard.getClass();
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(e.getCause().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object parse(Class<?> type, String text) {
        if (type == int.class) {
            return Integer.valueOf(text);
        }
        if (type == long.class) {
            return Long.valueOf(text);
        }
        if (type == float.class) {
            return Float.valueOf(text);
        }
        if (type == double.class) {
            return Double.valueOf(text);
        }
        if (type == boolean.class) {
            return Boolean.valueOf(text);
        }
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (((Enum<?>) constant).name().equalsIgnoreCase(text)) {
                    return constant;
                }
            }
        }
        if (type == List.class) {
            return Arrays.stream(text.split("\\+")).map(Integer::valueOf).toList();
        }
        throw new IllegalArgumentException(
                "cannot read %s as a %s".formatted(text, type.getSimpleName()));
    }
}
