package freshet.learners;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is ordered of a learner between two updates.
 *
 * @param action one of {@link OnlineLearner#actions}, in camelCase
 * @param arguments by name, as text; what is not given has its default
 */
public record Order(String action, SortedMap<String, String> arguments) {

    public Order {
        arguments = Collections.unmodifiableSortedMap(new TreeMap<>(arguments));
    }

    /** An order without arguments. */
    public static Order of(String action) {
        return new Order(action, new TreeMap<>());
    }

    public static Order of(String action, Map<String, String> arguments) {
        return new Order(action, new TreeMap<>(arguments));
    }

    /**
     * @throws IllegalArgumentException if an argument is given that is not among {@code known}
     */
    public void checkArguments(Set<String> known) {
        for (String name : arguments.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "%s takes no %s, only %s".formatted(action, name, known));
            }
        }
    }

    /**
     * A number that must be given.
     *
     * @throws IllegalArgumentException if it is missing, is no number or lies outside [low, high]
     */
    public double number(String name, double low, double high) {
        String text = arguments.get(name);
        if (text == null) {
            throw new IllegalArgumentException("%s needs %s".formatted(action, name));
        }
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s of %s is %s, must be a number".formatted(name, action, text), e);
        }
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(
                    "%s of %s is %s, must be in [%s, %s]".formatted(name, action, text, low, high));
        }
        return value;
    }

    /**
     * A whole number, {@code absent} if it is not given.
     *
     * @throws IllegalArgumentException if it is no whole number or lies outside [low, high]
     */
    public int wholeNumber(String name, int absent, int low, int high) {
        String text = arguments.get(name);
        if (text == null) {
            return absent;
        }
        int value;
        try {
            value = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s of %s is %s, must be a whole number".formatted(name, action, text), e);
        }
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "%s of %s is %d, must be in [%d, %d]"
                            .formatted(name, action, value, low, high));
        }
        return value;
    }

    /**
     * True or false, which must be given.
     *
     * @throws IllegalArgumentException if it is missing or neither
     */
    public boolean flag(String name) {
        String text = arguments.get(name);
        if (!"true".equals(text) && !"false".equals(text)) {
            throw new IllegalArgumentException(
                    "%s of %s is %s, must be true or false".formatted(name, action, text));
        }
        return text.equals("true");
    }
}
