package freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import freshet.learners.selftraining.ExampleBatch;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelsTest {

    @Test
    void aBatchHoldsThePictureThatIsDecodedAlone() throws Exception {
        var picture = new Kernels.Picture();
        picture.make();
        var kernels = new Kernels();
        float[] one = kernels.decodePicture(picture);
        ExampleBatch batch = kernels.batchOfPictures(picture);
        assertThat(batch.count()).isEqualTo(128);
        assertThat(batch.examples()).hasSize(128 * one.length);
        float[] last = new float[one.length];
        System.arraycopy(batch.examples(), 127 * one.length, last, 0, one.length);
        assertThat(last).isEqualTo(one).hasSize(28 * 28);
        assertThat(kernels.decodeRecord(picture).getRecordId()).isEqualTo("clothes/1");
    }

    @Test
    void eachKernelThatIsAskedForIsARow(@TempDir Path folder) {
        Path file = folder.resolve("kernels.json");
        int exit =
                Benchmarks.run(
                        "--json",
                        file.toString(),
                        "kernels",
                        "--only",
                        "addToAdwin|encodeRecord",
                        "--iterations",
                        "1",
                        "--millis",
                        "10");
        assertThat(exit).isZero();
        JsonNode tables = Results.runs(file).get(0).get("tables");
        JsonNode rows = tables.get(tables.size() - 1).get("rows");
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).get(0).asText()).isEqualTo("addToAdwin");
        assertThat(rows.get(1).get(1).asDouble()).isPositive();
    }
}
