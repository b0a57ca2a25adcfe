package freshet.benchmarks.images;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.vision.EncodedImage;
import freshet.learners.vision.EncodedImage.Format;
import freshet.learners.vision.LabelledImages;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;

/**
 * Pictures as somebody careless or malicious would send them, made of sound PNG and JPEG files.
 * Image i is a function of seed and i alone.
 */
public final class HostileImages {

    /** What was done to a picture. */
    public enum Kind {
        SOUND,
        PNG_FLIPPED_BITS,
        JPEG_FLIPPED_BITS,
        PNG_CUT,
        JPEG_CUT,
        /** The header says 60,000 x 60,000 or so, checksum right. */
        PNG_BOMB,
        JPEG_BOMB,
        /** A sound picture with 32 MB of zeros, compressed, as a text or a colour profile. */
        PNG_HIDDEN_BOMB,
        /** One scan a hundred times. */
        JPEG_SCANS,
        /** Sides that are not the file's, negative, or beyond all bounds. */
        WRONG_SIZE,
        /** One format under the name of the other. */
        WRONG_FORMAT,
        RAW_WRONG_LENGTH,
        RANDOM_BYTES
    }

    /** One of them. */
    public record Item(Kind kind, EncodedImage image) {}

    private static final int SIDE = 28;
    private static final int DRAWS = 64; // numbers that one image may use
    private static final int HIDDEN_BYTES = 32 << 20;
    private static final int AFTER_HEADER = 33; // of a PNG: signature and IHDR

    private final LabelledImages pictures;
    private final long seed;
    private final byte[] zeros = deflatedZeros();

    public HostileImages(LabelledImages pictures, long seed) {
        this.pictures = pictures;
        this.seed = seed;
    }

    /** Each kind but {@link Kind#SOUND} in turn. */
    public Item hostile(long index) {
        Kind[] kinds = Kind.values();
        return get(kinds[1 + (int) (index % (kinds.length - 1))], index);
    }

    public Item get(Kind kind, long index) {
        var random = new CounterRandom(seed, 0, DRAWS * index);
        BufferedImage picture = picture(index, random.nextDouble() < 0.5);
        byte[] png = file(picture, "png");
        byte[] jpeg = file(picture, "jpg");
        boolean asPng = random.nextDouble() < 0.5;
        byte[] either = asPng ? png : jpeg;
        Format format = asPng ? Format.PNG : Format.JPEG;
        return new Item(
                kind,
                switch (kind) {
                    case SOUND -> image(format, either);
                    case PNG_FLIPPED_BITS -> image(Format.PNG, flipped(png, random));
                    case JPEG_FLIPPED_BITS -> image(Format.JPEG, flipped(jpeg, random));
                    case PNG_CUT -> image(Format.PNG, cut(png, random));
                    case JPEG_CUT -> image(Format.JPEG, cut(jpeg, random));
                    case PNG_BOMB -> pngBomb(png, random);
                    case JPEG_BOMB -> jpegBomb(jpeg, random);
                    case PNG_HIDDEN_BOMB -> image(Format.PNG, hiddenBomb(png, random));
                    case JPEG_SCANS -> image(Format.JPEG, scans(jpeg));
                    case WRONG_SIZE -> wrongSize(format, either, random);
                    case WRONG_FORMAT -> image(asPng ? Format.JPEG : Format.PNG, either);
                    case RAW_WRONG_LENGTH -> rawWrongLength(random);
                    case RANDOM_BYTES -> image(format, randomBytes(random));
                });
    }

    private BufferedImage picture(long index, boolean colour) {
        byte[] grey = pictures.images().get((int) (index % pictures.size()));
        int type = colour ? BufferedImage.TYPE_3BYTE_BGR : BufferedImage.TYPE_BYTE_GRAY;
        var image = new BufferedImage(SIDE, SIDE, type);
        for (int i = 0; i < grey.length; i++) {
            for (int band = 0; band < image.getRaster().getNumBands(); band++) {
                image.getRaster().setSample(i % SIDE, i / SIDE, band, (grey[i] & 0xff) >> band);
            }
        }
        return image;
    }

    private static byte[] file(BufferedImage image, String format) {
        var bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, bytes)) {
                throw new IllegalStateException("this Java writes no " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static EncodedImage image(Format format, byte[] bytes) {
        return new EncodedImage(format, SIDE, SIDE, 3, 8, bytes);
    }

    private static byte[] flipped(byte[] file, CounterRandom random) {
        byte[] damaged = file.clone();
        var flipped = new BitSet(); // a bit flipped twice would be as it was
        for (int flips = 1 + (int) random.nextLong(8); flips > 0; flips--) {
            flipped.set((int) random.nextLong(8L * damaged.length));
        }
        flipped.stream().forEach(bit -> damaged[bit / 8] ^= (byte) (1 << bit % 8));
        return damaged;
    }

    private static byte[] cut(byte[] file, CounterRandom random) {
        return Arrays.copyOf(file, (int) random.nextLong(file.length));
    }

    private static EncodedImage pngBomb(byte[] png, CounterRandom random) {
        int side = 3_000 + (int) random.nextLong(60_000);
        ByteBuffer.wrap(png).putInt(16, side).putInt(20, side).putInt(29, checksum(png, 12, 17));
        boolean says = random.nextDouble() < 0.5; // whether the record says so too
        return new EncodedImage(Format.PNG, says ? side : SIDE, says ? side : SIDE, 1, 8, png);
    }

    private static EncodedImage jpegBomb(byte[] jpeg, CounterRandom random) {
        int side = 3_000 + (int) random.nextLong(60_000);
        int frame = marker(jpeg, 0xC0);
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) side).putShort(frame + 7, (short) side);
        boolean says = random.nextDouble() < 0.5;
        return new EncodedImage(Format.JPEG, says ? side : SIDE, says ? side : SIDE, 1, 8, jpeg);
    }

    private static int marker(byte[] jpeg, int wanted) {
        int at = 2;
        while ((jpeg[at + 1] & 0xff) != wanted) {
            at += 2 + ((jpeg[at + 2] & 0xff) << 8 | jpeg[at + 3] & 0xff);
        }
        return at;
    }

    private byte[] hiddenBomb(byte[] png, CounterRandom random) {
        boolean text = random.nextDouble() < 0.5;
        ByteBuffer chunk = ByteBuffer.allocate(12 + 3 + zeros.length);
        chunk.putInt(3 + zeros.length);
        chunk.put((text ? "zTXt" : "iCCP").getBytes(StandardCharsets.US_ASCII));
        chunk.put(new byte[] {'x', 0, 0}).put(zeros); // its name, and deflate
        chunk.putInt(checksum(chunk.array(), 4, 4 + 3 + zeros.length));
        ByteBuffer joined = ByteBuffer.allocate(png.length + chunk.capacity());
        joined.put(png, 0, AFTER_HEADER).put(chunk.array());
        joined.put(png, AFTER_HEADER, png.length - AFTER_HEADER);
        return joined.array();
    }

    private static byte[] deflatedZeros() {
        var deflater = new Deflater(Deflater.BEST_COMPRESSION);
        deflater.setInput(new byte[HIDDEN_BYTES]);
        deflater.finish();
        byte[] buffer = new byte[HIDDEN_BYTES / 500];
        int length = deflater.deflate(buffer);
        if (!deflater.finished()) {
            throw new IllegalStateException("zeros did not shrink to " + buffer.length);
        }
        deflater.end();
        return Arrays.copyOf(buffer, length);
    }

    private static byte[] scans(byte[] jpeg) {
        int scan = marker(jpeg, 0xDA);
        int end = jpeg.length - 2;
        ByteBuffer all = ByteBuffer.allocate(jpeg.length + 99 * (end - scan));
        all.put(jpeg, 0, end);
        for (int i = 0; i < 99; i++) {
            all.put(jpeg, scan, end - scan);
        }
        return all.put(jpeg, end, 2).array();
    }

    private static EncodedImage wrongSize(Format format, byte[] bytes, CounterRandom random) {
        int[] sides = {0, -1, SIDE - 1, SIDE + 1, 2 * SIDE, 8_192, Integer.MAX_VALUE};
        int width = sides[(int) random.nextLong(sides.length)];
        int height = random.nextDouble() < 0.5 ? SIDE : width;
        return new EncodedImage(format, width, height, 1, 8, bytes);
    }

    private static EncodedImage rawWrongLength(CounterRandom random) {
        int channels = (int) random.nextLong(6);
        int bits = 8 << random.nextLong(3);
        byte[] bytes = new byte[(int) random.nextLong(SIDE * SIDE)];
        return new EncodedImage(Format.RAW, SIDE, SIDE, channels, bits, bytes);
    }

    /** Half of them begin as a file should. */
    private static byte[] randomBytes(CounterRandom random) {
        byte[] bytes = new byte[8 * (int) random.nextLong(50)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            buffer.putLong(random.nextLong());
        }
        if (bytes.length > 0 && random.nextDouble() < 0.5) {
            buffer.putLong(
                    0, random.nextDouble() < 0.5 ? 0x89504E470D0A1A0AL : 0xFFD8FFE000104A46L);
        }
        return bytes;
    }

    private static int checksum(byte[] bytes, int from, int length) {
        var sum = new CRC32();
        sum.update(bytes, from, length);
        return (int) sum.getValue();
    }
}
