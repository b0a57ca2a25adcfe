package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import org.apache.logging.log4j.LogManager;
import org.junit.jupiter.api.Test;

class LogsTest {

    /** As Flink's remote calls have one. */
    @Test
    void whatClassesOfAnotherLoaderLogGoesWhereOursDoes() throws Exception {
        try (var other = new URLClassLoader(new URL[0], null)) {
            assertThat(LogManager.getContext(other, false))
                    .isSameAs(LogManager.getContext(Logs.class.getClassLoader(), false));
        }
    }
}
