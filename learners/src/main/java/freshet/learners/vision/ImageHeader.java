package freshet.learners.vision;

import freshet.learners.vision.EncodedImage.Format;

/**
 * What a PNG or JPEG file says of its picture, read without decoding it.
 *
 * @param format by the file's first bytes
 * @param width pixels, as stored (before EXIF turns it)
 * @param height pixels, as stored
 * @param channels of the picture as it is seen: 1 grey, 3 colour, 4 with transparency
 * @param bitsPerChannel 8, or 16 if the file has more than 8
 */
public record ImageHeader(Format format, int width, int height, int channels, int bitsPerChannel) {

    /**
     * Looks a whole file over, but decodes nothing: first bytes, structure, limits.
     *
     * @throws UnreadableImageException if it is neither PNG nor JPEG, damaged as far as its
     *     structure shows, or beyond the limits
     */
    public static ImageHeader of(byte[] file, ImageLimits limits) throws UnreadableImageException {
        limits.checkBytes(file.length);
        ImageHeader header = read(file);
        limits.checkSize(header.width, header.height);
        return header;
    }

    private static ImageHeader read(byte[] file) throws UnreadableImageException {
        if (PngStructure.begins(file)) {
            PngStructure png = PngStructure.of(file);
            return new ImageHeader(
                    Format.PNG, png.width(), png.height(), png.channels(), bits(png.bitDepth()));
        }
        if (JpegStructure.begins(file)) {
            JpegStructure jpeg = JpegStructure.of(file);
            return new ImageHeader(
                    Format.JPEG,
                    jpeg.width(),
                    jpeg.height(),
                    jpeg.channels(),
                    bits(jpeg.precision()));
        }
        throw new UnreadableImageException("neither a PNG nor a JPEG file, by its first bytes");
    }

    private static int bits(int inFile) {
        return inFile > Byte.SIZE ? Short.SIZE : Byte.SIZE;
    }
}
