package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which number stands for which class. */
final class ClassNumbers {

    /** Short enough for an int. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private final Map<String, Integer> numbers = new LinkedHashMap<>(); // empty: no names

    private ClassNumbers(List<String> names) {
        for (String name : names) {
            numbers.put(name, numbers.size());
        }
    }

    /**
     * Classes in the order of their numbers, from 0.
     *
     * @throws CommandFailure if there is none, or a name is empty or there twice
     */
    static ClassNumbers of(List<String> names) {
        if (names.isEmpty()) {
            throw new CommandFailure("there must be at least one class");
        }
        Set<String> seen = new HashSet<>();
        List<String> stripped = names.stream().map(String::strip).toList();
        for (String name : stripped) {
            if (name.isEmpty() || !seen.add(name)) {
                throw new CommandFailure(
                        "classes have '%s' %s"
                                .formatted(name, name.isEmpty() ? "as a name" : "twice"));
            }
        }
        return new ClassNumbers(stripped);
    }

    /** Classes from a file, one name a line; empty lines are left out. */
    static ClassNumbers in(Path file) {
        return of(TextFiles.read(file).lines().filter(line -> !line.isBlank()).toList());
    }

    /**
     * The classes that occur: names are numbered as they are sorted, numbers stand for themselves.
     *
     * @throws CommandFailure if some are names and some numbers
     */
    static ClassNumbers occurringIn(List<LabelledFile> files) {
        List<String> names =
                files.stream()
                        .filter(LabelledFile::hasClass)
                        .map(LabelledFile::className)
                        .distinct()
                        .sorted()
                        .toList();
        Optional<String> number = names.stream().filter(ClassNumbers::isNumber).findFirst();
        Optional<String> name = names.stream().filter(one -> !isNumber(one)).findFirst();
        if (number.isPresent() && name.isPresent()) {
            throw new CommandFailure(
                    "some classes are numbers, such as %s, and some names, such as %s: say with"
                                    .formatted(number.get(), name.get())
                            + " --classes which number has which name");
        }
        return new ClassNumbers(number.isPresent() ? List.of() : names);
    }

    private static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    /**
     * The number of a file's class, if it has one.
     *
     * @throws CommandFailure if it is none of the classes, naming where the user gave it
     */
    OptionalInt numberFor(LabelledFile file) {
        String name = file.className();
        if (name.isEmpty()) {
            return OptionalInt.empty();
        }
        Integer named = numbers.get(name);
        if (named != null) {
            return OptionalInt.of(named);
        }
        if (isNumber(name)) {
            int number = Integer.parseInt(name);
            if (numbers.isEmpty() || number < numbers.size()) {
                return OptionalInt.of(number);
            }
        }
        throw new CommandFailure(
                "%s: class '%s' is none of %s".formatted(file.place(), name, this));
    }

    /** Numbers and names, such as {@code 0 bag, 1 boot}. */
    @Override
    public String toString() {
        return numbers.isEmpty()
                ? "numbers as given"
                : numbers.entrySet().stream()
                        .map(one -> one.getValue() + " " + one.getKey())
                        .collect(Collectors.joining(", "));
    }
}
