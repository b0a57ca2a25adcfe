package freshet.benchmarks.images;

import freshet.learners.vision.ImageDecoder;
import freshet.learners.vision.UnreadableImageException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of images that a decoder was given: how many were read, and why the others were not.
 */
public final class DecoderTally {

    /** A part of each message, and what it is counted as; the first that is found. */
    private static final Map<String, String> REASONS = new LinkedHashMap<>();

    static {
        REASONS.put("first bytes are others", "not of its format");
        REASONS.put("has checksum", "checksum");
        REASONS.put("without an", "cut short");
        REASONS.put(" claims ", "a length beyond the file");
        REASONS.put("its record says", "another size than its record says");
        REASONS.put("each side", "a side out of range");
        REASONS.put("pixels", "too many pixels");
        REASONS.put("at most", "too many bytes");
        REASONS.put("must be IHDR", "header missing");
        REASONS.put("no IDAT", "no picture in it");
        REASONS.put("no frame", "no picture in it");
        REASONS.put("where a marker must be", "marker missing");
        REASONS.put("JPEG frame at byte", "frame cut short");
        REASONS.put("scans", "too many scans");
        REASONS.put("raw image has", "raw length or form");
        REASONS.put("is damaged", "the reader warned of damage");
        REASONS.put("cannot be read", "the reader failed");
        REASONS.put("was read as", "the reader saw another size");
    }

    private final ImageDecoder decoder;
    private final Map<HostileImages.Kind, Integer> given = new EnumMap<>(HostileImages.Kind.class);
    private final Map<HostileImages.Kind, Integer> read = new EnumMap<>(HostileImages.Kind.class);
    private final Map<String, Integer> reasons = new TreeMap<>();
    private final Map<String, Integer> escaped = new TreeMap<>();

    DecoderTally(ImageDecoder decoder) {
        this.decoder = decoder;
    }

    void add(HostileImages.Item item) {
        given.merge(item.kind(), 1, Integer::sum);
        try {
            decoder.decode(item.image());
            read.merge(item.kind(), 1, Integer::sum);
        } catch (UnreadableImageException e) {
            reasons.merge(reason(e.getMessage()), 1, Integer::sum);
        } catch (RuntimeException | Error e) { // nothing else may come out: that is the question
            escaped.merge(item.kind() + ": " + e, 1, Integer::sum);
        }
    }

    /** What a decoder's message is counted as. */
    public static String reason(String message) {
        for (Map.Entry<String, String> reason : REASONS.entrySet()) {
            if (message.contains(reason.getKey())) {
                return reason.getValue();
            }
        }
        return "other: " + message;
    }

    /** Images given, by kind. */
    Map<HostileImages.Kind, Integer> given() {
        return given;
    }

    /** Those that were read, by kind; none where a kind is missing. */
    Map<HostileImages.Kind, Integer> read() {
        return read;
    }

    /** Those that were refused, by reason. */
    Map<String, Integer> reasons() {
        return reasons;
    }

    /** What came out of the decoder that must not: by kind and error. */
    Map<String, Integer> escaped() {
        return escaped;
    }
}
