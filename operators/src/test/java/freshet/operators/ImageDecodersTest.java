package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.tensor.Weights;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.ImageLimits;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageFormat;
import freshet.schemas.ImageObservation;
import freshet.schemas.Label;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Whatever comes in the topics of images and labels is a record or a problem with its reason. */
class ImageDecodersTest {

    private static final long NOW = 1_000_000;

    private final ImageObservationDecoder images =
            new ImageObservationDecoder(
                    new ImageForm(1, 2, 2), null, new ImageLimits(64, 8, 32), 0);
    private final LabelDecoder labels = new LabelDecoder(3, 0);

    private ImageRecord decoded(ImageObservation observation) {
        return images.decode(
                "images",
                0,
                7,
                NOW,
                null,
                AvroCodec.of(ImageObservation.class).encode(observation),
                new String[0],
                new byte[0][]);
    }

    private ImageRecord decoded(Label label) {
        return labels.decode(
                "labels",
                0,
                7,
                NOW,
                null,
                AvroCodec.of(Label.class).encode(label),
                new String[0],
                new byte[0][]);
    }

    /** Four grey pixels: 0, 51, 102 and 255 are 0, 0.2, 0.4 and 1. */
    private static ImageObservation picture() {
        return new ImageObservation(
                "camera",
                3L,
                NOW,
                "camera/3",
                ImageFormat.RAW,
                2,
                2,
                1,
                8,
                ByteBuffer.wrap(new byte[] {0, 51, 102, (byte) 255}),
                true);
    }

    @Test
    void anImageIsTheNumbersThatTheModelReads() {
        ImageRecord record = decoded(picture());
        assertThat(record.isValid()).isTrue();
        assertThat(Weights.fromBytes(record.image)).containsExactly(0f, 0.2f, 0.4f, 1f);
        assertThat(record.recordId).isEqualTo("camera/3");
        assertThat(record.sequence).isEqualTo(3);
        assertThat(record.hasLabel()).isFalse();
        assertThat(record.isLabel()).isFalse();
    }

    @Test
    void anImageThatCannotBeReadSaysWhy() {
        var tooShort = picture();
        tooShort.setPixels(ByteBuffer.wrap(new byte[3]));
        assertProblem(decoded(tooShort), DeadLetterReason.UNREADABLE_IMAGE, "3");
        var tooWide = picture();
        tooWide.setWidth(9);
        assertProblem(decoded(tooWide), DeadLetterReason.UNREADABLE_IMAGE, "9 x 2");
        var noPicture = picture();
        noPicture.setFormat(ImageFormat.PNG);
        assertProblem(decoded(noPicture), DeadLetterReason.UNREADABLE_IMAGE, "");
        var noId = picture();
        noId.setRecordId("");
        assertProblem(decoded(noId), DeadLetterReason.INVALID, "record id has 0 characters");
        var tomorrow = picture();
        tomorrow.setEventTime(NOW + 1);
        assertProblem(decoded(tomorrow), DeadLetterReason.INVALID, "event time is 1000001");
    }

    @Test
    void aLabelKnowsItsImageAndItsClass() {
        ImageRecord record = decoded(new Label("camera/3", 2, NOW));
        assertThat(record.isValid()).isTrue();
        assertThat(record.isLabel()).isTrue();
        assertThat(record.recordId).isEqualTo("camera/3");
        assertThat(record.label).isEqualTo(2);
    }

    @Test
    void aLabelOfNoClassSaysSo() {
        String range = ", classes are [0, 3)";
        assertProblem(
                decoded(new Label("a", 3, NOW)), DeadLetterReason.INVALID, "label is 3" + range);
        assertProblem(
                decoded(new Label("a", -1, NOW)), DeadLetterReason.INVALID, "label is -1" + range);
    }

    @Test
    void aRecordOfAnotherSchemaIsUndecodable() {
        byte[] label = AvroCodec.of(Label.class).encode(new Label("a", 0, NOW));
        ImageRecord record =
                images.decode("images", 0, 7, NOW, null, label, new String[0], new byte[0][]);
        assertProblem(record, DeadLetterReason.UNDECODABLE, "");
    }

    private static void assertProblem(ImageRecord record, DeadLetterReason reason, String detail) {
        assertThat(record.problem).isEqualTo(reason.name());
        assertThat(record.problemDetail).contains(detail);
    }
}
