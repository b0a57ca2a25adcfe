package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalJobTest {

    @TempDir Path folder;

    @Test
    void resumesFromTheNewestThatIsComplete() throws IOException {
        metadata("checkpoints/job/chk-8", 1_000);
        metadata("savepoints/savepoint-1", 2_000);
        Files.createDirectories(folder.resolve("checkpoints/job/chk-9")); // killed while writing
        assertThat(LocalJob.newestState(folder)).contains(folder.resolve("savepoints/savepoint-1"));
    }

    @Test
    void findsNothingInAnEmptyFolder() {
        assertThat(LocalJob.newestState(folder)).isEmpty();
        assertThat(LocalJob.newestState(folder.resolve("missing"))).isEmpty();
    }

    private void metadata(String place, long millis) throws IOException {
        Path file = folder.resolve(place).resolve("_metadata");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "state");
        Files.setLastModifiedTime(file, FileTime.fromMillis(millis));
    }
}
