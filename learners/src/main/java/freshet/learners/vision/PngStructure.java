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
    private final int bitDepth;
    private final int colourType;
    private boolean transparent; // by a chunk of its own

    /** The header chunk, whose content starts at {@code at}. */
    private PngStructure(ByteBuffer bytes, int at) {
        width = bytes.getInt(at);
        height = bytes.getInt(at + 4);
        bitDepth = bytes.get(at + 8) & 0xff;
        colourType = bytes.get(at + 9) & 0xff;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Bits of a sample, or of an index into the palette. */
    int bitDepth() {
        return bitDepth;
    }

    /** 1 grey, 3 colour, also by a palette, 4 with transparency. */
    int channels() throws UnreadableImageException {
        return switch (colourType) {
            case 0 -> transparent ? 4 : 1;
            case 2, 3 -> transparent ? 4 : 3;
            case 4, 6 -> 4;
            default ->
                    throw new UnreadableImageException(
                            "PNG file has colour type %d, must be 0, 2, 3, 4 or 6"
                                    .formatted(colourType));
        };
    }

    /** Whether a file starts as a PNG file does. */
    static boolean begins(byte[] file) {
        return file.length >= Long.BYTES && ByteBuffer.wrap(file).getLong() == SIGNATURE;
    }

    static PngStructure of(byte[] file) throws UnreadableImageException {
        if (!begins(file)) {
            throw new UnreadableImageException("not a PNG file: its first bytes are others");
        }
        ByteBuffer bytes = ByteBuffer.wrap(file).position(Long.BYTES);
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
            header.transparent |= type.equals("tRNS");
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
        return new PngStructure(bytes, bytes.position() + 4);
    }
}
