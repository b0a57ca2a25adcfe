package freshet.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.schemas.ImageObservation;
import freshet.schemas.Label;
import freshet.schemas.RobotObservation;
import freshet.schemas.TextObservation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;

/** What can be said of the loops in Python without running one. */
class PeerScriptsTest {

    private static final Path PEERS = Path.of("peers");

    @Test
    void theyReadTheSchemasOfToday() throws IOException {
        String records = Files.readString(PEERS.resolve("records.py"));
        for (Schema schema :
                List.of(
                        TextObservation.getClassSchema(),
                        ImageObservation.getClassSchema(),
                        Label.getClassSchema(),
                        RobotObservation.getClassSchema())) {
            String constant =
                    schema.getName().replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
            assertThat(records)
                    .contains(
                            "%s = 0x%016X"
                                    .formatted(
                                            constant,
                                            SchemaNormalization.parsingFingerprint64(schema)));
        }
    }
}
