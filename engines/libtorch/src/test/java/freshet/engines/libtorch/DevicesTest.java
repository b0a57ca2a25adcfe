package freshet.engines.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.TensorEngines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is chosen and said, for machines that these tests do not run on. */
class DevicesTest {

    private static final EngineSettings AUTO =
            EngineSettings.cpu("libtorch", 1).on("auto").capturing(true);
    private static final Card H200 = new Card(0, "NVIDIA H200", 90, 150_000L << 20);
    private static final Found ONE = new Found("", "CUDA: the driver knows 13.1", List.of(H200));

    @Test
    void autoTakesTheFirstCard() {
        assertThat(Devices.resolve(AUTO, ONE)).isEqualTo(AUTO.on("cuda:0"));
    }

    @Test
    void autoFallsBackToTheCpuWithNothingRecorded() {
        assertThat(Devices.resolve(AUTO, Found.nothing("there is no driver")))
                .isEqualTo(AUTO.on("cpu").capturing(false));
    }

    @Test
    void whatIsNamedIsRefusedWithTheReason() {
        assertThatThrownBy(() -> Found.nothing("there is no driver").card(0))
                .hasMessage("tensor.device is cuda:0, but there is no driver");
        assertThatThrownBy(() -> ONE.card(1))
                .hasMessageContaining("tensor.device is cuda:1")
                .hasMessageContaining("CUDA sees 1 cards")
                .hasMessageContaining("cuda:0 NVIDIA H200, compute capability 9.0, 150000 MiB");
    }

    @Test
    void cardsWithoutCodeAreRefusedOnEitherSide() {
        for (int capability : new int[] {Card.LEAST - 1, Card.MOST + 1}) {
            var card = new Card(0, "Odd", capability, 1 << 30);
            var found = new Found("", "", List.of(card));
            assertThatThrownBy(() -> found.card(0))
                    .hasMessageContaining("Odd, compute capability " + card.capabilityText())
                    .hasMessageContaining("7.5 to 12.0");
            assertThat(found.lines().get(0)).contains("not supported");
        }
        assertThat(new Found("", "", List.of(new Card(0, "", Card.LEAST, 1))).card(0)).isNotNull();
        assertThat(new Found("", "", List.of(new Card(0, "", Card.MOST, 1))).card(0)).isNotNull();
    }

    /** The build that tests run on has no code for a GPU. */
    @Test
    void withoutTheGpuBuildTheProfileIsNamed() {
        assertThatThrownBy(() -> TensorEngines.start(AUTO.on("cuda:0")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Maven profile gpu");
        assertThat(TensorEngines.devices("libtorch").toString()).contains("Maven profile gpu");
        assertThat(TensorEngines.start(AUTO).metadata()).containsEntry("engine.device", "cpu");
    }

    @Test
    void aMissingDriverIsToldFromAMissingLibrary() {
        assertThat(Cards.missing("libcuda.so.1: cannot open shared object file"))
                .contains("NVIDIA driver");
        assertThat(Cards.missing("libcudnn.so.9: cannot open shared object file"))
                .contains("libcudnn.so.9")
                .contains("gpu-redist");
    }

    @Test
    void deterministicCardsNeedAFixedWorkspace() {
        CudaDevice.checkWorkspace(false, null);
        CudaDevice.checkWorkspace(true, ":4096:8");
        assertThatThrownBy(() -> CudaDevice.checkWorkspace(true, null))
                .hasMessageContaining("CUBLAS_WORKSPACE_CONFIG=:4096:8")
                .hasMessageContaining("tensor.deterministic");
    }

    @Test
    void anotherLibtorchOnTheLibraryPathIsSeen(@TempDir Path folder) throws Exception {
        assertThat(NativeBuild.onLibraryPath(folder + ":")).isEmpty();
        Path library = Files.createFile(folder.resolve(System.mapLibraryName("torch")));
        assertThat(NativeBuild.onLibraryPath("/nowhere:" + folder)).containsExactly(library);
    }
}
