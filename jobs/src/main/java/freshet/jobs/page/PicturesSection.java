package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.learners.vision.EncodedImage;
import freshet.learners.vision.ImageDecoder;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.UnreadableImageException;
import freshet.schemas.ImageObservation;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Label;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The newest pictures with what each model took them for, and the newest whose true class has come
 * since: labels may be late by thousands of pictures.
 *
 * <p>Bounded by {@link #MAX_PICTURES} pictures of together {@link #MAX_BYTES} bytes, {@link
 * #MAX_MODELS} answers of each.
 */
final class PicturesSection extends Section {

    private static final int STRIP = 12;
    private static final int MAX_PICTURES = 4_000;
    private static final long MAX_BYTES = 16 << 20;
    private static final int MAX_MODELS = 16;
    private static final int SIDE = 56;

    private record Guess(int label, double probability, boolean isTest) {}

    private static final class Picture {
        EncodedImage pixels;
        Integer trueClass;
        final Map<String, Guess> guesses = new LinkedHashMap<>();
        long order;
        String shown; // its thumbnail once it was made
        int width;
        int height;
        int channels;

        boolean isComplete() {
            return pixels != null && !guesses.isEmpty();
        }
    }

    private final Map<String, Picture> pictures = new LinkedHashMap<>();
    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.defaults());
    private long bytes;
    private long pictureCount;
    private long labelCount;

    PicturesSection() {
        super("pictures");
    }

    private Picture picture(String recordId) {
        Picture picture = pictures.get(recordId);
        if (picture == null) {
            picture = new Picture();
            pictures.put(recordId, picture);
            forget();
        }
        return picture;
    }

    private void forget() {
        var oldest = pictures.entrySet().iterator();
        while (pictures.size() > MAX_PICTURES || (bytes > MAX_BYTES && pictures.size() > 1)) {
            Picture gone = oldest.next().getValue();
            bytes -= gone.pixels == null ? 0 : gone.pixels.bytes().length;
            oldest.remove();
        }
    }

    void take(ImageObservation image) {
        if (image.getPixels().remaining() > MAX_BYTES / 4) {
            return;
        }
        Picture picture = picture(image.getRecordId());
        if (picture.pixels != null) {
            return; // again
        }
        byte[] pixels = new byte[image.getPixels().remaining()];
        image.getPixels().duplicate().get(pixels);
        picture.pixels =
                new EncodedImage(
                        EncodedImage.Format.valueOf(image.getFormat().name()),
                        image.getWidth(),
                        image.getHeight(),
                        image.getChannels(),
                        image.getBitsPerChannel(),
                        pixels);
        picture.order = ++pictureCount;
        bytes += pixels.length;
        forget();
        changed();
    }

    void take(ImagePrediction prediction) {
        Picture picture = picture(prediction.getRecordId());
        if (picture.guesses.size() < MAX_MODELS) {
            double probability = prediction.getProbabilities().get(prediction.getLabel());
            picture.guesses.putIfAbsent(
                    prediction.getModelName(),
                    new Guess(prediction.getLabel(), probability, prediction.getIsTest()));
        }
        changed();
    }

    void take(Label label) {
        // A label that comes before its picture finds its place too; most come after it.
        picture(label.getRecordId()).trueClass = label.getLabel();
        labelCount++;
        changed();
    }

    @Override
    void write(ObjectNode into, View view) {
        into.put("labels", labelCount);
        List<Picture> newest = new ArrayList<>();
        List<Picture> judged = new ArrayList<>();
        List<Picture> all = new ArrayList<>(pictures.values());
        for (int i = all.size() - 1; i >= 0; i--) {
            Picture picture = all.get(i);
            if (!picture.isComplete()) {
                continue;
            }
            if (newest.size() < STRIP) {
                newest.add(picture);
            } else if (picture.trueClass != null && judged.size() < STRIP) {
                judged.add(picture);
            }
        }
        write(newest, into.putArray("newest"));
        write(judged, into.putArray("judged"));
    }

    private void write(List<Picture> strip, ArrayNode into) {
        for (Picture picture : strip) {
            if (picture.shown == null) {
                draw(picture);
            }
            ObjectNode row = into.addObject();
            row.put("id", picture.order);
            row.put("width", picture.width);
            row.put("height", picture.height);
            row.put("channels", picture.channels);
            row.put("samples", picture.shown);
            if (picture.trueClass != null) {
                row.put("trueClass", picture.trueClass);
            }
            ObjectNode guesses = row.putObject("guesses");
            picture.guesses.forEach(
                    (model, guess) ->
                            guesses.putObject(model)
                                    .put("label", guess.label())
                                    .put("probability", Timeline.rounded(guess.probability()))
                                    .put("isTest", guess.isTest()));
        }
    }

    /** Rows of 8-bit samples, base64; an unreadable picture becomes nothing. */
    private void draw(Picture picture) {
        try {
            var image = decoder.decode(picture.pixels);
            double shrink = Math.min(1, (double) SIDE / Math.max(image.width(), image.height()));
            picture.width = Math.max(1, (int) Math.round(shrink * image.width()));
            picture.height = Math.max(1, (int) Math.round(shrink * image.height()));
            picture.channels = image.channels();
            float[] samples =
                    new ImageForm(picture.channels, picture.height, picture.width).of(image);
            int pixels = picture.width * picture.height;
            byte[] rows = new byte[samples.length];
            for (int i = 0; i < samples.length; i++) {
                rows[i % pixels * picture.channels + i / pixels] =
                        (byte) Math.round(255 * samples[i]);
            }
            picture.shown = Base64.getEncoder().encodeToString(rows);
        } catch (UnreadableImageException e) {
            picture.shown = "";
        }
    }
}
