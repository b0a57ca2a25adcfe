package freshet.learners.vision;

/**
 * Looks a JPEG file's segments over without decoding any: lengths, number of scans, an end. A
 * decoder fills what is missing with grey and works through any number of scans; both are refused
 * here.
 *
 * <p>Source: ITU-T T.81, annex B.
 */
final class JpegStructure {

    /** Progressive files have about ten; each costs a pass over all pixels. */
    private static final int MOST_SCANS = 64;

    private static final int START_OF_IMAGE = 0xD8;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int FIRST_RESTART = 0xD0;
    private static final int LAST_RESTART = 0xD7;
    private static final int TEMPORARY = 0x01;

    private final byte[] file;
    private int at;
    private int width = -1;
    private int height = -1;
    private int precision;
    private int components;
    private int scans;

    private JpegStructure(byte[] file) {
        this.file = file;
    }

    /** Whether a file starts as a JPEG file does. */
    static boolean begins(byte[] file) {
        return file.length >= 2 && (file[0] & 0xff) == 0xFF && (file[1] & 0xff) == START_OF_IMAGE;
    }

    static JpegStructure of(byte[] file) throws UnreadableImageException {
        var structure = new JpegStructure(file);
        structure.walk();
        return structure;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Bits of a sample. */
    int precision() {
        return precision;
    }

    /** 1 grey, 3 colour, also that of printers. */
    int channels() throws UnreadableImageException {
        return switch (components) {
            case 1 -> 1;
            case 3, 4 -> 3;
            default ->
                    throw new UnreadableImageException(
                            "JPEG file has %d components, must have 1, 3 or 4"
                                    .formatted(components));
        };
    }

    private void walk() throws UnreadableImageException {
        if (!begins(file)) {
            throw new UnreadableImageException("not a JPEG file: its first bytes are others");
        }
        at = 2;
        while (true) {
            int marker = nextMarker();
            if (marker == END_OF_IMAGE) {
                break;
            }
            if (marker == TEMPORARY || isRestart(marker)) {
                continue;
            }
            segment(marker);
            if (marker == START_OF_SCAN) {
                skipEntropyCodedData();
            }
        }
        if (width < 0 || scans == 0) {
            throw new UnreadableImageException("JPEG file has no frame or no scan");
        }
    }

    private int nextMarker() throws UnreadableImageException {
        if (at < file.length && unsigned(at) != 0xFF) {
            throw new UnreadableImageException(
                    "JPEG file has byte %02x at %d, where a marker must be"
                            .formatted(unsigned(at), at));
        }
        while (at < file.length && unsigned(at) == 0xFF) {
            at++;
        }
        if (at >= file.length) {
            throw cut();
        }
        return unsigned(at++);
    }

    private void segment(int marker) throws UnreadableImageException {
        if (at + 2 > file.length) {
            throw cut();
        }
        int length = short16(at);
        if (length < 2 || at + length > file.length) {
            throw new UnreadableImageException(
                    "JPEG segment %02x at byte %d claims %d bytes, the file has %d left"
                            .formatted(marker, at - 2, length, file.length - at));
        }
        if (isFrame(marker)) {
            if (length < 8) {
                throw new UnreadableImageException(
                        "JPEG frame at byte %d has %d bytes".formatted(at - 2, length));
            }
            precision = unsigned(at + 2);
            height = short16(at + 3);
            width = short16(at + 5);
            components = unsigned(at + 7);
        }
        if (marker == START_OF_SCAN && ++scans > MOST_SCANS) {
            throw new UnreadableImageException(
                    "JPEG file has more than %d scans".formatted(MOST_SCANS));
        }
        at += length;
    }

    private void skipEntropyCodedData() throws UnreadableImageException {
        while (at + 1 < file.length) {
            if (unsigned(at) == 0xFF && unsigned(at + 1) != 0 && !isRestart(unsigned(at + 1))) {
                return;
            }
            at++;
        }
        throw cut();
    }

    private static boolean isRestart(int marker) {
        return marker >= FIRST_RESTART && marker <= LAST_RESTART;
    }

    /** SOF0 to SOF15, without the tables that share their range. */
    private static boolean isFrame(int marker) {
        return marker >= 0xC0
                && marker <= 0xCF
                && marker != 0xC4
                && marker != 0xC8
                && marker != 0xCC;
    }

    private UnreadableImageException cut() {
        return new UnreadableImageException(
                "JPEG file ends at byte %d without an end marker".formatted(file.length));
    }

    private int short16(int from) {
        return unsigned(from) << 8 | unsigned(from + 1);
    }

    private int unsigned(int index) {
        return file[index] & 0xff;
    }
}
