package freshet.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Every version a schema ever had, oldest first. Older versions lie beside this class as {@code
 * history/NAME.v1.avsc}, {@code .v2.avsc} and so on; the current one is the generated class's.
 */
public final class SchemaHistory {

    private SchemaHistory() {}

    /** The versions of {@code current}, itself last. */
    public static List<Schema> of(Schema current) {
        List<Schema> versions = new ArrayList<>();
        for (int version = 1; ; version++) {
            String file = "history/%s.v%d.avsc".formatted(current.getName(), version);
            try (InputStream in = SchemaHistory.class.getResourceAsStream(file)) {
                if (in == null) {
                    break;
                }
                versions.add(new Schema.Parser().parse(in));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        versions.add(current);
        return versions;
    }
}
