package freshet.learners.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.vision.EncodedImage.Format;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageHeaderTest {

    private static final ImageLimits LIMITS = new ImageLimits(2_000, 100, 5_000);

    /** A PNG file of a header, another chunk if it has a name, and data that nobody decodes. */
    private static byte[] png(int width, int height, int depth, int colourType, String chunk) {
        byte[] header =
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) depth)
                        .put((byte) colourType)
                        .array();
        var file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        file.writeBytes(chunk("IHDR", header));
        if (chunk != null) {
            file.writeBytes(chunk(chunk, new byte[6]));
        }
        file.writeBytes(chunk("IDAT", new byte[] {1, 2, 3}));
        file.writeBytes(chunk("IEND", new byte[0]));
        return file.toByteArray();
    }

    private static byte[] chunk(String type, byte[] content) {
        var sum = new CRC32();
        sum.update(type.getBytes(StandardCharsets.US_ASCII));
        sum.update(content);
        return ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(content)
                .putInt((int) sum.getValue())
                .array();
    }

    private static byte[] jpeg(int imageType) throws IOException {
        var bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(new BufferedImage(7, 5, imageType), "jpg", bytes)).isTrue();
        return bytes.toByteArray();
    }

    /** Where the frame's marker, FF C0, stands. */
    private static int frame(byte[] jpeg) {
        int at = 2;
        while ((jpeg[at + 1] & 0xff) != 0xC0) {
            at += 2 + ((jpeg[at + 2] & 0xff) << 8 | jpeg[at + 3] & 0xff);
        }
        return at;
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            textBlock =
                    """
                    1  | 0  | -    | 1  | 8
                    8  | 0  | -    | 1  | 8
                    16 | 0  | -    | 1  | 16
                    8  | 0  | tRNS | 4  | 8
                    8  | 2  | -    | 3  | 8
                    16 | 2  | tRNS | 4  | 16
                    4  | 3  | PLTE | 3  | 8
                    8  | 3  | tRNS | 4  | 8
                    8  | 4  | -    | 4  | 8
                    16 | 6  | -    | 4  | 16
                    """)
    void channelsAndBitsOfPngComeFromTypeDepthAndTransparency(
            int depth, int colourType, String chunk, int channels, int bits) throws Exception {
        assertThat(ImageHeader.of(png(30, 20, depth, colourType, chunk), LIMITS))
                .isEqualTo(new ImageHeader(Format.PNG, 30, 20, channels, bits));
    }

    @Test
    void channelsOfJpegComeFromItsFrame() throws Exception {
        assertThat(ImageHeader.of(jpeg(BufferedImage.TYPE_BYTE_GRAY), LIMITS))
                .isEqualTo(new ImageHeader(Format.JPEG, 7, 5, 1, 8));
        assertThat(ImageHeader.of(jpeg(BufferedImage.TYPE_3BYTE_BGR), LIMITS))
                .isEqualTo(new ImageHeader(Format.JPEG, 7, 5, 3, 8));
        byte[] cmyk = Base64.getDecoder().decode(ImageDecoderTest.RED_IN_CMYK);
        assertThat(ImageHeader.of(cmyk, LIMITS))
                .isEqualTo(new ImageHeader(Format.JPEG, 8, 8, 3, 8));
    }

    @Test
    void aJpegOfTwelveBitsNeedsSixteen() throws Exception {
        byte[] file = jpeg(BufferedImage.TYPE_3BYTE_BGR);
        file[frame(file) + 4] = 12; // after the marker and the length
        assertThat(ImageHeader.of(file, LIMITS).bitsPerChannel()).isEqualTo(16);
    }

    @Test
    void refusesWhatNoPictureHas() throws Exception {
        assertThatThrownBy(() -> ImageHeader.of(png(30, 20, 8, 5, null), LIMITS))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessageContaining("colour type 5");
        byte[] two = jpeg(BufferedImage.TYPE_3BYTE_BGR);
        two[frame(two) + 9] = 2; // marker, length, precision, height, width
        assertThatThrownBy(() -> ImageHeader.of(two, LIMITS))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessageContaining("2 components");
    }

    @Test
    void refusesOtherFilesCutOnesAndThoseBeyondTheLimits() {
        assertThatThrownBy(
                        () -> ImageHeader.of("GIF89a".getBytes(StandardCharsets.US_ASCII), LIMITS))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessageContaining("neither a PNG nor a JPEG");
        byte[] whole = png(30, 20, 8, 2, null);
        assertThatThrownBy(() -> ImageHeader.of(Arrays.copyOf(whole, whole.length - 1), LIMITS))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessageContaining("IEND");
        assertThatThrownBy(() -> ImageHeader.of(png(101, 1, 8, 2, null), LIMITS))
                .hasMessageContaining("101 x 1, each side must be from 1 to 100");
        assertThatThrownBy(() -> ImageHeader.of(png(100, 51, 8, 2, null), LIMITS))
                .hasMessageContaining("100 x 51, at most 5000 pixels");
        assertThatThrownBy(() -> ImageHeader.of(new byte[2_001], LIMITS))
                .hasMessageContaining("2001 bytes, at most 2000");
    }
}
