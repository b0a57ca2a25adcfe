package freshet.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Every version a schema ever had, oldest first: {@code history/NAME.v1.avsc}, {@code .v2.avsc} and
 * so on beside this class, the current one among them. Each file stands alone: what it uses is
 * written out in it.
 *
 * <p>To change a schema: change it under {@code src/main/avro}, give new fields a default, and add
 * the result as the next version here; a version that was once released is never edited (docs
 * excepted). A test fails while the newest version and the current schema differ.
 */
public final class SchemaHistory {

    private SchemaHistory() {}

    /**
     * The versions of {@code current}, the current one last.
     *
     * @throws IllegalArgumentException if the history does not end with {@code current}
     */
    public static List<Schema> of(Schema current) {
        List<Schema> versions = read(current.getName());
        if (versions.isEmpty() || !versions.get(versions.size() - 1).equals(asWritten(current))) {
            throw new IllegalArgumentException(
                    "%s differs from its newest version: add it as history/%s.v%d.avsc"
                            .formatted(
                                    current.getFullName(), current.getName(), versions.size() + 1));
        }
        return versions;
    }

    /** The schema without the note for Java's string class that the generator adds to it. */
    private static Schema asWritten(Schema generated) {
        String note = "{\"type\":\"string\",\"avro.java.string\":\"String\"}";
        return new Schema.Parser()
                .parse(
                        generated
                                .toString()
                                .replace(note, "\"string\"")
                                .replace(",\"avro.java.string\":\"String\"", ""));
    }

    private static List<Schema> read(String name) {
        List<Schema> versions = new ArrayList<>();
        for (int version = 1; ; version++) {
            String file = "history/%s.v%d.avsc".formatted(name, version);
            try (InputStream in = SchemaHistory.class.getResourceAsStream(file)) {
                if (in == null) {
                    return versions;
                }
                versions.add(new Schema.Parser().parse(in));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
