package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class FlinkClusterTest {

    private static final List<Path> NEEDED =
            List.of(Path.of("/m2/javacpp-1.5.13.jar"), Path.of("/m2/pytorch-2.10.0.jar"));

    @Test
    void anotherMinorVersionIsRefused() {
        assertThatCode(() -> FlinkCluster.checkVersion("2.2.0", "2.2.1"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> FlinkCluster.checkVersion("2.1.1", "2.2.1"))
                .hasMessage("Flink there is version 2.1.1, this build is for 2.2");
    }

    @Test
    void namesTheLibrariesThatTheClusterLacks() {
        String environment = "{\"classpath\":[\"/opt/flink/lib/javacpp-1.5.13.jar\"]}";
        assertThatThrownBy(() -> FlinkCluster.checkLibraries(environment, NEEDED))
                .hasMessageEndingWith(": /m2/pytorch-2.10.0.jar");
        assertThatCode(() -> FlinkCluster.checkLibraries(environment, NEEDED.subList(0, 1)))
                .doesNotThrowAnyException();
    }

    @Test
    void anAddressWithoutAPortIsRefused() {
        assertThatThrownBy(() -> new FlinkCluster("jobmanager", new Configuration()))
                .hasMessage("--flink is jobmanager, must be HOST:PORT");
    }

    @Test
    void whereNoClusterAnswersOneLineSaysSo() {
        // Port 1 is reserved: nothing listens there.
        assertThatThrownBy(() -> new FlinkCluster("localhost:1", new Configuration()).check())
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("no Flink answers at localhost:1: ");
    }
}
