package freshet.engines.nd4j;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the driver may say, in the words of nvidia-smi. */
class CudaCardsTest {

    @ParameterizedTest
    @ValueSource(strings = {"Tesla K80, 3.7", "Tesla T4, 7.5", "NVIDIA GeForce RTX 3090, 8.6"})
    void cardsThatTheLibraryHasCodeForAreTaken(String card) {
        assertThatCode(() -> CudaCards.check(List.of(card))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NVIDIA H100 80GB HBM3, 9.0", "NVIDIA L4, 8.9", "GRID K520, 3.0"})
    void othersAreRefusedWithTheAlternative(String card) {
        assertThatThrownBy(() -> CudaCards.check(List.of("Tesla T4, 7.5", card)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(card)
                .hasMessageContaining("3.7 to 8.6")
                .hasMessageContaining("libtorch")
                .hasMessageContaining("nd4j on the CPU");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no devices were found", "NVIDIA H100, [N/A]"})
    void anAnswerThatNamesNoCapabilityIsRefused(String answer) {
        assertThatThrownBy(() -> CudaCards.check(List.of(answer)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(answer)
                .hasMessageContaining("libtorch");
        assertThatThrownBy(() -> CudaCards.check(List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("names none");
    }

    @Test
    void aMachineWithoutADriverIsRefused() {
        if (java.nio.file.Files.exists(java.nio.file.Path.of("/usr/bin/nvidia-smi"))) {
            return;
        }
        assertThatThrownBy(CudaCards::ask)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nvidia-smi")
                .hasMessageContaining("libtorch");
    }
}
