package freshet.learners.vision;

import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegment;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegmentUtil;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * How a camera was held, by the EXIF tag 0x0112: which stored pixel is seen at a place.
 *
 * <p>Source: CIPA DC-008 (EXIF 2.32), section 4.6.4, orientation.
 */
enum Orientation {
    UPRIGHT(1, false),
    MIRRORED(2, false),
    UPSIDE_DOWN(3, false),
    MIRRORED_UPSIDE_DOWN(4, false),
    MIRRORED_ON_LEFT_SIDE(5, true),
    ON_LEFT_SIDE(6, true),
    MIRRORED_ON_RIGHT_SIDE(7, true),
    ON_RIGHT_SIDE(8, true);

    private final int exif;
    private final boolean turnsSides;

    Orientation(int exif, boolean turnsSides) {
        this.exif = exif;
        this.turnsSides = turnsSides;
    }

    /** That of a JPEG file; upright if it says nothing, or nothing sensible. */
    static Orientation of(byte[] jpeg) {
        try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg))) {
            List<JPEGSegment> exif = JPEGSegmentUtil.readSegments(stream, JPEG.APP1, "Exif");
            if (exif.isEmpty()) {
                return UPRIGHT;
            }
            InputStream data = exif.get(0).data();
            data.skipNBytes(1); // pads the name
            try (var tiff = new MemoryCacheImageInputStream(data)) {
                Entry entry = new TIFFReader().read(tiff).getEntryById(TIFF.TAG_ORIENTATION);
                return entry == null ? UPRIGHT : of(((Number) entry.getValue()).intValue());
            }
        } catch (IOException | RuntimeException e) {
            return UPRIGHT; // a damaged note beside the image does not damage the image
        }
    }

    private static Orientation of(int exif) {
        for (Orientation orientation : values()) {
            if (orientation.exif == exif) {
                return orientation;
            }
        }
        return UPRIGHT;
    }

    /** Whether width and height change places. */
    boolean turnsSides() {
        return turnsSides;
    }

    /**
     * Index, in a stored plane of {@code width} by {@code height}, of the sample seen at (x, y).
     */
    int stored(int x, int y, int width, int height) {
        int right = width - 1;
        int bottom = height - 1;
        return switch (this) {
            case UPRIGHT -> y * width + x;
            case MIRRORED -> y * width + right - x;
            case UPSIDE_DOWN -> (bottom - y) * width + right - x;
            case MIRRORED_UPSIDE_DOWN -> (bottom - y) * width + x;
            case MIRRORED_ON_LEFT_SIDE -> x * width + y;
            case ON_LEFT_SIDE -> (bottom - x) * width + y;
            case MIRRORED_ON_RIGHT_SIDE -> (bottom - x) * width + right - y;
            case ON_RIGHT_SIDE -> x * width + right - y;
        };
    }
}
