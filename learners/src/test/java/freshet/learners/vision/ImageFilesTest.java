package freshet.learners.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ImageFilesTest {

    @Test
    void theClothesAreBalancedAndOfTheirSize() {
        for (LabelledImages images :
                new LabelledImages[] {FashionMnist.heldOut(), FashionMnist.train()}) {
            assertThat(images.height()).isEqualTo(28);
            assertThat(images.width()).isEqualTo(28);
            int[] counts = new int[10];
            for (int label : images.labels()) {
                counts[label]++;
            }
            assertThat(counts).containsOnly(images.size() / 10);
        }
        assertThat(FashionMnist.train().size()).isEqualTo(20_000);
        assertThat(FashionMnist.heldOut().size()).isEqualTo(4_000);
    }

    /** The original's test set starts with ankle boot, pullover, trouser, trouser, shirt. */
    @Test
    void theClothesAreInTheOrderOfTheOriginal() {
        LabelledImages images = FashionMnist.heldOut();
        assertThat(images.labels()).startsWith(9, 2, 1, 1, 6, 1, 4, 6, 5, 7);
        assertThat(FashionMnist.CLASSES.get(images.labels()[0])).isEqualTo("ankle boot");
    }

    @Test
    void readsPixelsRowByRow() throws IOException {
        LabelledImages images =
                IdxFiles.read(
                        idx(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 255),
                        idx(0, 0, 8, 1, 0, 0, 0, 2, 7, 4));
        assertThat(images.images().get(0)).containsExactly(1, 2);
        assertThat(images.images().get(1)).containsExactly(3, -1);
        assertThat(images.labels()).containsExactly(7, 4);
        float[] floats = new float[3];
        LabelledImages.toFloats(images.images().get(1), floats, 1);
        assertThat(floats).containsExactly(0, 3 / 255f, 1);
    }

    @Test
    void refusesWhatIsNotIdxOrCutShortOrImplausible() {
        assertThatThrownBy(() -> IdxFiles.read(idx(0, 0, 8, 1, 0, 0, 0, 0), idx()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("00000801");
        assertThatThrownBy(
                        () ->
                                IdxFiles.read(
                                        idx(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1),
                                        idx()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 of 4 bytes");
        assertThatThrownBy(
                        () ->
                                IdxFiles.read(
                                        idx(0, 0, 8, 3, 127, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 9),
                                        idx()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("2130706432");
    }

    private static InputStream idx(int... bytes) throws IOException {
        var file = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(file)) {
            for (int one : bytes) {
                out.write(one);
            }
        }
        return new ByteArrayInputStream(file.toByteArray());
    }
}
