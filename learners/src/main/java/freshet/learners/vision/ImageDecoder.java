package freshet.learners.vision;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Turns bytes that anybody may have sent into an {@link Image}, or says why not. Sizes, lengths,
 * checksums and ends are looked at before anything is decoded, so that a decompression bomb costs a
 * look at its header.
 *
 * <p>What is seen: EXIF orientation is applied (JPEG); colours are taken to sRGB by an embedded
 * profile where the format has one that the reader knows; grey stays grey; transparency is laid
 * over white; 16 bits are kept to the precision of a float. The gamma and colour chunks of PNG are
 * ignored, as by most readers.
 */
public final class ImageDecoder {

    private final ImageLimits limits;

    public ImageDecoder(ImageLimits limits) {
        this.limits = limits;
    }

    /**
     * @throws UnreadableImageException if the bytes are no such image, or beyond the limits
     */
    public Image decode(EncodedImage source) throws UnreadableImageException {
        limits.checkBytes(source.bytes().length);
        limits.checkSize(source.width(), source.height());
        switch (source.format()) {
            case PNG -> {
                PngStructure header = PngStructure.of(source.bytes());
                checkHeader(source, header.width(), header.height());
                return image(read(source), Orientation.UPRIGHT);
            }
            case JPEG -> {
                JpegStructure header = JpegStructure.of(source.bytes());
                checkHeader(source, header.width(), header.height());
                return image(read(source), Orientation.of(source.bytes()));
            }
            default -> {
                return image(raw(source), Orientation.UPRIGHT);
            }
        }
    }

    private static void checkHeader(EncodedImage source, int width, int height)
            throws UnreadableImageException {
        if (width != source.width() || height != source.height()) {
            throw new UnreadableImageException(
                    "%s file is %s x %s, its record says %d x %d"
                            .formatted(
                                    source.format(),
                                    Integer.toUnsignedString(width),
                                    Integer.toUnsignedString(height),
                                    source.width(),
                                    source.height()));
        }
    }

    /** Samples as stored: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA, each {@code [H * W]}. */
    private record Planes(int width, int height, float[][] samples) {}

    private static Planes raw(EncodedImage source) throws UnreadableImageException {
        int channels = source.channels();
        int bytesEach = source.bitsPerChannel() / 8;
        if ((channels != 1 && channels != 3 && channels != 4)
                || (source.bitsPerChannel() != 8 && source.bitsPerChannel() != 16)) {
            throw new UnreadableImageException(
                    "raw image has %d channels of %d bits, must have 1, 3 or 4 of 8 or 16"
                            .formatted(channels, source.bitsPerChannel()));
        }
        int pixels = source.width() * source.height();
        byte[] bytes = source.bytes();
        if (bytes.length != (long) pixels * channels * bytesEach) {
            throw new UnreadableImageException(
                    "raw image has %d bytes, %d x %d with %d channels of %d bits need %d"
                            .formatted(
                                    bytes.length,
                                    source.width(),
                                    source.height(),
                                    channels,
                                    source.bitsPerChannel(),
                                    (long) pixels * channels * bytesEach));
        }
        float[][] samples = new float[channels][pixels];
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int channel = 0; channel < channels; channel++) {
                int at = (pixel * channels + channel) * bytesEach;
                samples[channel][pixel] =
                        bytesEach == 1
                                ? (bytes[at] & 0xff) / 255f
                                : ((bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff) / 65535f;
            }
        }
        return new Planes(source.width(), source.height(), samples);
    }

    private static Planes read(EncodedImage source) throws UnreadableImageException {
        ImageReader reader = ImageIO.getImageReadersByFormatName(source.format().name()).next();
        String[] warning = {null};
        try (var stream =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(source.bytes()))) {
            reader.setInput(stream, true, true); // without its texts, which may be bombs too
            reader.addIIOReadWarningListener(
                    (IIOReadWarningListener)
                            (from, message) -> {
                                if (!message.contains("color profile")) { // a profile is no damage
                                    warning[0] = message;
                                }
                            });
            BufferedImage image = reader.read(0);
            if (warning[0] != null) {
                throw new UnreadableImageException(
                        "%s file is damaged: %s".formatted(source.format(), warning[0]));
            }
            if (image.getWidth() != source.width() || image.getHeight() != source.height()) {
                throw new UnreadableImageException(
                        "%s file was read as %d x %d"
                                .formatted(source.format(), image.getWidth(), image.getHeight()));
            }
            return planes(image);
        } catch (IOException | RuntimeException e) { // readers let all sorts through on bad data
            throw new UnreadableImageException(
                    "%s file cannot be read: %s".formatted(source.format(), e), e);
        } finally {
            reader.dispose();
        }
    }

    private static Planes planes(BufferedImage image) {
        ColorModel colours = image.getColorModel();
        boolean direct =
                !(colours instanceof IndexColorModel)
                        && colours.getNumComponents() == image.getRaster().getNumBands()
                        && !colours.isAlphaPremultiplied();
        boolean grey = colours.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
        if (direct && (grey || colours.getColorSpace().isCS_sRGB())) {
            return planes(image.getRaster(), colours); // never through getRGB, which bends greys
        }
        int type =
                colours.hasAlpha() ? BufferedImage.TYPE_4BYTE_ABGR : BufferedImage.TYPE_3BYTE_BGR;
        var converted = new BufferedImage(image.getWidth(), image.getHeight(), type);
        if (colours instanceof IndexColorModel) {
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < image.getWidth(); x++) {
                    converted.setRGB(x, y, image.getRGB(x, y));
                }
            }
        } else {
            new ColorConvertOp(null).filter(image, converted);
        }
        return planes(converted.getRaster(), converted.getColorModel());
    }

    private static Planes planes(Raster raster, ColorModel colours) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        float[][] samples = new float[raster.getNumBands()][];
        for (int band = 0; band < samples.length; band++) {
            float[] values = raster.getSamples(0, 0, width, height, band, (float[]) null);
            float most = (1 << colours.getComponentSize(band)) - 1;
            for (int i = 0; i < values.length; i++) {
                values[i] /= most;
            }
            samples[band] = values;
        }
        return new Planes(width, height, samples);
    }

    private static Image image(Planes planes, Orientation orientation) {
        int colours = planes.samples().length < 3 ? 1 : 3;
        float[] alpha = planes.samples().length > colours ? planes.samples()[colours] : null;
        boolean turned = orientation.turnsSides();
        int width = turned ? planes.height() : planes.width();
        int height = turned ? planes.width() : planes.height();
        float[] seen = new float[colours * height * width];
        int at = 0;
        for (int channel = 0; channel < colours; channel++) {
            float[] plane = planes.samples()[channel];
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int from = orientation.stored(x, y, planes.width(), planes.height());
                    seen[at++] = alpha == null ? plane[from] : 1 + alpha[from] * (plane[from] - 1);
                }
            }
        }
        return new Image(colours, height, width, seen);
    }
}
