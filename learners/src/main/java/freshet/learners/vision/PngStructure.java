package freshet.learners.vision;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Looks a PNG file's chunks over without decoding any: lengths, checksums, order. Every flipped bit
 * and every cut shows here, before a decoder trusts a length.
 *
 * <p>Source: Portable Network Graphics (PNG) Specification, second edition, sections 5.2 to 5.6.
 */
final class PngStructure {

    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int AROUND = 12; // length, type and checksum of a chunk

    private final int width;
    private final int height;

    private PngStructure(int width, int height) {
        this.width = width;
        this.height = height;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    static PngStructure of(byte[] file) throws UnreadableImageException {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        if (bytes.remaining() < Long.BYTES || bytes.getLong() != SIGNATURE) {
            throw new UnreadableImageException("not a PNG file: its first bytes are others");
        }
        PngStructure header = null;
        boolean data = false;
        while (true) {
            if (bytes.remaining() < AROUND) {
                throw new UnreadableImageException(
                        "PNG file ends at byte %d without an IEND chunk".formatted(file.length));
            }
            int at = bytes.position();
            int length = bytes.getInt();
            if (length < 0 || length > bytes.remaining() - 8) {
                throw new UnreadableImageException(
                        "PNG chunk at byte %d claims %d bytes, the file has %d left"
                                .formatted(
                                        at, Integer.toUnsignedLong(length), bytes.remaining() - 8));
            }
            String type = type(file, at, length);
            if (header == null) {
                header = header(bytes, type, length);
            }
            data |= type.equals("IDAT");
            bytes.position(at + 8 + length + 4);
            if (type.equals("IEND")) {
                if (!data) {
                    throw new UnreadableImageException("PNG file has no IDAT chunk");
                }
                return header;
            }
        }
    }

    /** Name of the chunk at {@code at}, once its checksum is right. */
    private static String type(byte[] file, int at, int length) throws UnreadableImageException {
        var sum = new CRC32();
        sum.update(file, at + 4, 4 + length);
        String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
        int said = ByteBuffer.wrap(file).getInt(at + 8 + length);
        if ((int) sum.getValue() != said) {
            throw new UnreadableImageException(
                    "PNG chunk %s at byte %d has checksum %08x, it says %08x"
                            .formatted(type, at, (int) sum.getValue(), said));
        }
        return type;
    }

    private static PngStructure header(ByteBuffer bytes, String type, int length)
            throws UnreadableImageException {
        if (!type.equals("IHDR") || length != 13) {
            throw new UnreadableImageException(
                    "PNG file begins with chunk %s of %d bytes, must be IHDR of 13"
                            .formatted(type, length));
        }
        return new PngStructure(
                bytes.getInt(bytes.position() + 4), bytes.getInt(bytes.position() + 8));
    }
}
