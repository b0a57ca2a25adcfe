package freshet.learners.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.vision.EncodedImage.Format;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
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

class ImageDecoderTest {

    private static final int WIDTH = 4;
    private static final int HEIGHT = 3;

    /** 8 by 8 in CMYK, no cyan, full magenta and yellow: red. Written by Pillow 9.4. */
    static final String RED_IN_CMYK =
            "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwL"
                    + "CgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AAFAgACAAIBEMRAE0RAFkRAEsR"
                    + "AP/EABQAAQAAAAAAAAAAAAAAAAAAAAn/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0A"
                    + "WQBLAAA/AFTFUKoqb//Z";

    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.defaults());

    private static BufferedImage image(int type) {
        var image = new BufferedImage(WIDTH, HEIGHT, type);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                for (int band = 0; band < image.getRaster().getNumBands(); band++) {
                    image.getRaster().setSample(x, y, band, 40 * x + 20 * y + 7 * band);
                }
            }
        }
        return image;
    }

    private static byte[] file(BufferedImage image, String format) throws IOException {
        var bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    private static EncodedImage encoded(Format format, byte[] bytes) {
        return new EncodedImage(format, WIDTH, HEIGHT, 3, 8, bytes);
    }

    private Image png(BufferedImage image) throws IOException, UnreadableImageException {
        return decoder.decode(encoded(Format.PNG, file(image, "png")));
    }

    @Test
    void readsGreyAsStoredAndDoesNotBendIt() throws Exception {
        Image image = png(image(BufferedImage.TYPE_BYTE_GRAY));
        assertThat(image.channels()).isEqualTo(1);
        assertThat(image.samples()[WIDTH + 2]).isEqualTo((40 * 2 + 20) / 255f);
    }

    @Test
    void keepsSixteenBits() throws Exception {
        var sixteen = image(BufferedImage.TYPE_USHORT_GRAY);
        sixteen.getRaster().setSample(1, 0, 0, 0x1234);
        assertThat(png(sixteen).samples()[1]).isEqualTo(0x1234 / 65535f);
    }

    @Test
    void readsColoursPlaneByPlane() throws Exception {
        Image image = png(image(BufferedImage.TYPE_3BYTE_BGR));
        assertThat(image.channels()).isEqualTo(3);
        // Band 0 is red whatever the order in memory.
        assertThat(image.samples()[2 * WIDTH + 3]).isEqualTo((40 * 3 + 20 * 2) / 255f);
        assertThat(image.samples()[2 * HEIGHT * WIDTH]).isEqualTo(14 / 255f);
    }

    @Test
    void laysTransparencyOverWhite() throws Exception {
        var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_4BYTE_ABGR);
        image.setRGB(0, 0, 0x00FF0000); // red, but nothing of it
        image.setRGB(1, 0, 0xFF00FF00); // green
        image.setRGB(2, 0, 0x33000000); // black, a fifth of it
        float[] samples = png(image).samples();
        int plane = WIDTH * HEIGHT;
        assertThat(new float[] {samples[0], samples[plane], samples[2 * plane]})
                .containsExactly(1, 1, 1);
        assertThat(new float[] {samples[1], samples[plane + 1], samples[2 * plane + 1]})
                .containsExactly(0, 1, 0);
        assertThat(samples[2]).isCloseTo(0.8f, within(1e-6f));
    }

    @Test
    void looksColoursOfAPaletteUp() throws Exception {
        byte[] reds = {0, (byte) 200};
        byte[] rest = {0, 100};
        var palette = new IndexColorModel(1, 2, reds, rest, rest);
        var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_BINARY, palette);
        image.getRaster().setSample(2, 1, 0, 1);
        float[] samples = png(image).samples();
        int at = WIDTH + 2;
        assertThat(samples[at]).isEqualTo(200 / 255f);
        assertThat(samples[WIDTH * HEIGHT + at]).isEqualTo(100 / 255f);
        assertThat(samples[0]).isZero();
    }

    @Test
    void readsRawRowsInOneAndTwoBytes() throws Exception {
        byte[] bytes = new byte[WIDTH * HEIGHT * 3];
        bytes[(WIDTH + 2) * 3 + 1] = (byte) 255;
        Image image = decoder.decode(new EncodedImage(Format.RAW, WIDTH, HEIGHT, 3, 8, bytes));
        assertThat(image.samples()[WIDTH * HEIGHT + WIDTH + 2]).isEqualTo(1);

        byte[] wide = ByteBuffer.allocate(2 * WIDTH * HEIGHT).putShort((short) 0xFFFE).array();
        Image grey = decoder.decode(new EncodedImage(Format.RAW, WIDTH, HEIGHT, 1, 16, wide));
        assertThat(grey.samples()[0]).isEqualTo(65534 / 65535f);
        assertThatThrownBy(
                        () ->
                                decoder.decode(
                                        new EncodedImage(Format.RAW, WIDTH, HEIGHT, 3, 8, wide)))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessageContaining("24 bytes, 4 x 3 with 3 channels of 8 bits need 36");
    }

    @Test
    void readsJpegAsThePlainReaderDoesToOneStep() throws Exception {
        byte[] bytes = file(image(BufferedImage.TYPE_3BYTE_BGR), "jpg");
        BufferedImage expected = ImageIO.read(new java.io.ByteArrayInputStream(bytes));
        float[] samples = decoder.decode(encoded(Format.JPEG, bytes)).samples();
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int rgb = expected.getRGB(i % WIDTH, i / WIDTH);
            for (int channel = 0; channel < 3; channel++) {
                assertThat(samples[channel * WIDTH * HEIGHT + i])
                        .isCloseTo((rgb >> (16 - 8 * channel) & 0xff) / 255f, within(1 / 255f));
            }
        }
    }

    @Test
    void takesPrintersColoursToThoseOfAScreen() throws Exception {
        byte[] bytes = Base64.getDecoder().decode(RED_IN_CMYK);
        Image image = decoder.decode(new EncodedImage(Format.JPEG, 8, 8, 4, 8, bytes));
        assertThat(image.samples()[0]).isGreaterThan(0.85f);
        assertThat(image.samples()[64]).isLessThan(0.2f);
        assertThat(image.samples()[128]).isLessThan(0.2f);
    }

    /** Where the stored top left corner, the only bright one, is seen. */
    @ParameterizedTest
    @CsvSource({
        "1, 16, 8, 0, 0",
        "2, 16, 8, 15, 0",
        "3, 16, 8, 15, 7",
        "4, 16, 8, 0, 7",
        "5, 8, 16, 0, 0",
        "6, 8, 16, 7, 0",
        "7, 8, 16, 7, 15",
        "8, 8, 16, 0, 15",
        "9, 16, 8, 0, 0",
    })
    void turnsAnImageUprightByItsExif(int orientation, int width, int height, int x, int y)
            throws Exception {
        var stored = new BufferedImage(16, 8, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 16; i++) {
            stored.getRaster().setSample(i % 4, i / 4, 0, 255);
        }
        byte[] bytes = withOrientation(file(stored, "jpg"), orientation);
        Image image = decoder.decode(new EncodedImage(Format.JPEG, 16, 8, 1, 8, bytes));
        assertThat(new int[] {image.width(), image.height()}).containsExactly(width, height);
        for (int corner = 0; corner < 4; corner++) {
            int cornerX = corner % 2 * (width - 1);
            int cornerY = corner / 2 * (height - 1);
            float sample = image.samples()[cornerY * width + cornerX];
            if (cornerX == x && cornerY == y) {
                assertThat(sample).isGreaterThan(0.9f);
            } else {
                assertThat(sample).isLessThan(0.1f);
            }
        }
    }

    private static byte[] withOrientation(byte[] jpeg, int orientation) {
        ByteBuffer segment = ByteBuffer.allocate(4 + 6 + 8 + 2 + 12 + 4);
        segment.putShort((short) 0xFFE1).putShort((short) (segment.capacity() - 2));
        segment.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        segment.putShort((short) 0x4D4D).putShort((short) 42).putInt(8); // big-endian TIFF
        segment.putShort((short) 1); // one entry: tag, SHORT, one of them, value
        segment.putShort((short) 0x0112).putShort((short) 3).putInt(1);
        segment.putShort((short) orientation).putShort((short) 0).putInt(0);
        ByteBuffer joined = ByteBuffer.allocate(jpeg.length + segment.capacity());
        joined.put(jpeg, 0, 2).put(segment.array()).put(jpeg, 2, jpeg.length - 2);
        return joined.array();
    }

    @Test
    void refusesABombByItsHeader() throws Exception {
        byte[] bomb = file(image(BufferedImage.TYPE_BYTE_GRAY), "png");
        ByteBuffer.wrap(bomb).putInt(16, 60_000).putInt(20, 60_000).putInt(29, crc(bomb, 12, 17));
        assertRefused(new EncodedImage(Format.PNG, 60_000, 60_000, 1, 8, bomb), "each side");
        assertRefused(new EncodedImage(Format.PNG, 8000, 8000, 1, 8, bomb), "4000000 pixels");
        assertRefused(encoded(Format.PNG, bomb), "60000 x 60000, its record says 4 x 3");
        assertRefused(encoded(Format.RAW, new byte[(8 << 20) + 1]), "at most 8388608");
    }

    @Test
    void refusesAChunkThatClaimsMoreThanThereIs() throws Exception {
        byte[] file = file(image(BufferedImage.TYPE_BYTE_GRAY), "png");
        ByteBuffer.wrap(file).putInt(33, Integer.MAX_VALUE);
        assertRefused(encoded(Format.PNG, file), "chunk at byte 33 claims 2147483647 bytes");
    }

    @Test
    void refusesAJpegThatIsAllScans() throws Exception {
        byte[] file = file(image(BufferedImage.TYPE_BYTE_GRAY), "jpg");
        int scan = 0;
        while ((file[scan] & 0xff) != 0xFF || (file[scan + 1] & 0xff) != 0xDA) {
            scan++;
        }
        byte[] one = Arrays.copyOfRange(file, scan, file.length - 2);
        ByteBuffer all = ByteBuffer.allocate(file.length + 64 * one.length);
        all.put(file, 0, file.length - 2);
        for (int i = 0; i < 64; i++) {
            all.put(one);
        }
        all.put(file, file.length - 2, 2);
        assertRefused(encoded(Format.JPEG, all.array()), "more than 64 scans");
    }

    private static int crc(byte[] bytes, int from, int length) {
        var sum = new CRC32();
        sum.update(bytes, from, length);
        return (int) sum.getValue();
    }

    private void assertRefused(EncodedImage image, String reason) {
        assertThatThrownBy(() -> decoder.decode(image))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void refusesEveryFlippedBitOfAPng() throws Exception {
        byte[] file = file(image(BufferedImage.TYPE_3BYTE_BGR), "png");
        for (int bit = 0; bit < 8 * file.length; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(encoded(Format.PNG, flipped), "");
        }
    }

    @Test
    void refusesEveryFileThatIsCutShort() throws Exception {
        byte[] png = file(image(BufferedImage.TYPE_3BYTE_BGR), "png");
        byte[] jpeg = file(image(BufferedImage.TYPE_3BYTE_BGR), "jpg");
        for (int length = 0; length < png.length; length++) {
            assertRefused(encoded(Format.PNG, Arrays.copyOf(png, length)), "");
        }
        for (int length = 0; length < jpeg.length; length++) {
            assertRefused(encoded(Format.JPEG, Arrays.copyOf(jpeg, length)), "");
        }
    }

    @Test
    void anythingElseIsReadOrRefusedAndNothingWorse() throws Exception {
        var random = new CounterRandom(2, 0, 0);
        byte[] file = file(image(BufferedImage.TYPE_3BYTE_BGR), "jpg");
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = file.clone();
            for (int hit = 0; hit <= i % 8; hit++) {
                int bit = (int) random.nextLong(8L * damaged.length);
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
            }
            try {
                decoder.decode(encoded(Format.JPEG, damaged));
                read++;
            } catch (UnreadableImageException e) {
                refused++;
            }
        }
        assertThat(read).isPositive();
        assertThat(refused).isGreaterThan(500);
    }
}
