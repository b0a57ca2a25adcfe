package freshet.operators;

import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * Which model a record belongs to, by its source: the whole of it, or what stands before a
 * separator.
 *
 * @param prefix put before it, so that whoever names sources cannot name the model of another job
 * @param separator such as {@code /}; empty: the whole source
 */
public record ModelNames(String prefix, String separator) implements Serializable {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    public ModelNames {
        if (!prefix.isEmpty() && !NAME.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "many.prefix is '%s', must be letters, digits, _ or -".formatted(prefix));
        }
    }

    /** The model's name; not always one that is allowed. */
    public String of(String source) {
        int end = separator.isEmpty() ? -1 : source.indexOf(separator);
        return prefix + (end < 0 ? source : source.substring(0, end));
    }

    /** Whether it is 1 to 64 letters, digits, _ or -, and more than the prefix. */
    boolean isAllowed(String name) {
        return name.length() > prefix.length() && NAME.matcher(name).matches();
    }
}
