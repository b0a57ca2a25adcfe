package freshet.jobs.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import freshet.learners.tensor.CounterRandom;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageFormat;
import freshet.schemas.ImageObservation;
import freshet.schemas.Label;
import freshet.schemas.TextObservation;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** {@code freshet publish} against a broker; every test has topics of its own. */
class PublishITCase {

    @TempDir static Path brokerFolder;
    private static EmbeddedKafka broker;
    private static KafkaAccess kafka;

    @TempDir Path temp;
    private Path pictures;
    private String observations;
    private String labels;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(brokerFolder.resolve("kafka"));
        kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void makeTopics(TestInfo test) throws IOException {
        pictures = Files.createDirectory(temp.resolve("pictures"));
        observations = test.getTestMethod().orElseThrow().getName();
        labels = observations + "-labels";
        makeTopic(observations, Map.of());
        makeTopic(labels, Map.of());
    }

    private static void makeTopic(String name, Map<String, String> configs) {
        kafka.createTopics(
                List.of(
                        new NewTopic(name, Optional.of(1), Optional.<Short>empty())
                                .configs(configs)));
    }

    private Ended images(String... options) {
        List<String> args = new ArrayList<>(List.of("images", pictures.toString()));
        args.addAll(List.of("-Dkafka.topics.images=" + observations));
        args.addAll(List.of("-Dkafka.topics.labels=" + labels));
        args.addAll(Arrays.asList(options));
        return publish(args);
    }

    private static Ended publish(List<String> args) {
        List<String> all = new ArrayList<>(List.of("publish"));
        all.addAll(args);
        all.addAll(List.of("--bootstrap", broker.bootstrapServers()));
        return Ended.of(all);
    }

    /** Values of a topic, each under its key. */
    private static <T extends SpecificRecordBase> List<Map.Entry<String, T>> read(
            String topic, Class<T> type) {
        AvroCodec<T> codec = AvroCodec.of(type);
        List<Map.Entry<String, T>> records = new ArrayList<>();
        new TopicReader(kafka, topic)
                .toTheEnd(
                        record -> {
                            String key = new String(record.key(), StandardCharsets.UTF_8);
                            records.add(Map.entry(key, codec.decodeOwn(record.value())));
                            return true;
                        });
        return records;
    }

    private List<ImageObservation> sentImages() {
        return read(observations, ImageObservation.class).stream()
                .map(Map.Entry::getValue)
                .toList();
    }

    private List<Label> sentLabels() {
        return read(labels, Label.class).stream().map(Map.Entry::getValue).toList();
    }

    /** Writes a picture of noise, which does not compress. */
    private byte[] picture(String path, String format, int imageType, int width, int height)
            throws IOException {
        var image = new BufferedImage(width, height, imageType);
        var random = new CounterRandom(path.length(), 0, 0);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int band = 0; band < image.getRaster().getNumBands(); band++) {
                    image.getRaster().setSample(x, y, band, (int) random.nextLong(256));
                }
            }
        }
        Path file = pictures.resolve(path);
        Files.createDirectories(file.getParent());
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return Files.readAllBytes(file);
    }

    private void grey(String path) throws IOException {
        picture(path, "png", BufferedImage.TYPE_BYTE_GRAY, 2, 2);
    }

    private Path csv(String content) throws IOException {
        return Files.writeString(temp.resolve("labels.csv"), content);
    }

    @Test
    void picturesArriveWithEveryFieldAndLabelsSoManyRecordsLater() throws IOException {
        byte[] a = picture("bag/a.png", "png", BufferedImage.TYPE_USHORT_GRAY, 5, 4);
        byte[] b = picture("bag/b.png", "jpg", BufferedImage.TYPE_3BYTE_BGR, 7, 6); // no PNG
        byte[] c = picture("boot/c", "png", BufferedImage.TYPE_4BYTE_ABGR, 3, 2);
        byte[] d = picture("d.jpg", "jpg", BufferedImage.TYPE_BYTE_GRAY, 9, 8);
        Ended ended =
                images(
                        "--source=cam",
                        "--event-time=1000",
                        "--event-time-step=10",
                        "--label-delay=2");
        assertThat(ended.err()).contains("100 %  4 records");
        assertThat(ended.out())
                .contains(
                        "classes: 0 bag, 1 boot",
                        "4 records of cam, sequence 0 to 3, in topic " + observations,
                        "3 labels in topic " + labels,
                        "0 files skipped");
        assertThat(ended.code()).isZero();
        assertThat(read(observations, ImageObservation.class))
                .containsExactly(
                        Map.entry("cam", image(0, 1000, ImageFormat.PNG, 5, 4, 1, 16, a)),
                        Map.entry("cam", image(1, 1010, ImageFormat.JPEG, 7, 6, 3, 8, b)),
                        Map.entry("cam", image(2, 1020, ImageFormat.PNG, 3, 2, 4, 8, c)),
                        Map.entry("cam", image(3, 1030, ImageFormat.JPEG, 9, 8, 1, 8, d)));
        // 0 + 2 and 1 + 2 were sent; record 2 + 2 never comes: after the last. 3 has no class.
        assertThat(read(labels, Label.class))
                .containsExactly(
                        Map.entry("cam/0", new Label("cam/0", 0, 1020L)),
                        Map.entry("cam/1", new Label("cam/1", 0, 1030L)),
                        Map.entry("cam/2", new Label("cam/2", 1, 1030L)));
    }

    private static ImageObservation image(
            long sequence,
            long eventTime,
            ImageFormat format,
            int width,
            int height,
            int channels,
            int bits,
            byte[] file) {
        return new ImageObservation(
                "cam",
                sequence,
                eventTime,
                "cam/" + sequence,
                format,
                width,
                height,
                channels,
                bits,
                ByteBuffer.wrap(file),
                true);
    }

    @Test
    void numbersGoOnWithResumeAlsoAfterPicturesNotToBeLearned() throws IOException {
        grey("0/a.png");
        grey("0/b.png");
        assertThat(images("--source=s", "--no-learn").code()).isZero();
        Ended again = images("--source=s");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("already holds s up to sequence 1", "--resume");
        assertThat(images("--source=s", "--resume").out()).contains("sequence 2 to 3");
        assertThat(images("--source=other").out()).contains("sequence 0 to 1");
        assertThat(sentImages())
                .extracting(ImageObservation::getRecordId)
                .containsExactly("s/0", "s/1", "s/2", "s/3", "other/0", "other/1");
        assertThat(sentImages())
                .extracting(ImageObservation::getLearn)
                .containsExactly(false, false, true, true, true, true);
        assertThat(sentLabels())
                .extracting(Label::getRecordId)
                .containsExactly("s/0", "s/1", "s/2", "s/3", "other/0", "other/1");
    }

    @Test
    void withoutEventTimesItIsNowAndALabelHasThatOfItsPicture() throws IOException {
        grey("0/a.png");
        long before = System.currentTimeMillis();
        images("--source=s");
        long after = System.currentTimeMillis();
        assertThat(sentImages().get(0).getEventTime()).isBetween(before, after);
        assertThat(sentLabels().get(0).getEventTime())
                .isEqualTo(sentImages().get(0).getEventTime());
    }

    @Test
    void aListSaysWhatIsSentAndInWhichOrder() throws IOException {
        picture("wide.png", "png", BufferedImage.TYPE_BYTE_GRAY, 4, 1);
        picture("in/tall.png", "png", BufferedImage.TYPE_BYTE_GRAY, 1, 4);
        grey("not listed.png");
        Path csv = csv("path,class\nwide.png,boot\nin/tall.png,\nwide.png,0\n");
        Ended ended = images("--source=s", "--labels=" + csv, "--classes=shirt,boot");
        assertThat(ended.out()).contains("classes: 0 shirt, 1 boot");
        assertThat(sentImages()).extracting(ImageObservation::getWidth).containsExactly(4, 1, 4);
        assertThat(sentLabels())
                .extracting(Label::getRecordId, Label::getLabel)
                .containsExactly(tuple("s/0", 1), tuple("s/2", 0));
    }

    @Test
    void anUnknownClassIsNamedByItsLineAndNothingIsSent() throws IOException {
        grey("a.png");
        grey("b.png");
        Path csv = csv("a.png,boot\nb.png,boots\n");
        Ended ended = images("--source=s", "--labels=" + csv, "--classes=shirt,boot");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err())
                .contains("labels.csv line 2: class 'boots' is none of 0 shirt, 1 boot");
        assertThat(sentImages()).isEmpty();
        assertThat(sentLabels()).isEmpty();
    }

    @Test
    void aSeedGivesAnOrder() throws IOException {
        for (int width = 1; width <= 8; width++) {
            picture(width + ".png", "png", BufferedImage.TYPE_BYTE_GRAY, width, 1);
        }
        images("--source=one", "--shuffle=1");
        images("--source=one again", "--shuffle=1");
        images("--source=two", "--shuffle=2");
        List<Integer> widths = sentImages().stream().map(ImageObservation::getWidth).toList();
        List<Integer> one = widths.subList(0, 8);
        assertThat(one).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8).isNotEqualTo(sorted(one));
        assertThat(widths.subList(8, 16)).isEqualTo(one);
        assertThat(widths.subList(16, 24)).containsExactlyInAnyOrderElementsOf(one);
        assertThat(widths.subList(16, 24)).isNotEqualTo(one);
    }

    private static List<Integer> sorted(List<Integer> numbers) {
        return numbers.stream().sorted().toList();
    }

    @Test
    void aBadFileStopsItBeforeAnythingIsSentOrIsLeftOutAndCounted() throws IOException {
        observations += "-small";
        makeTopic(observations, Map.of("max.message.bytes", "20000"));
        grey("0/a.png");
        grey("0/z.png");
        byte[] whole = picture("1/cut.png", "png", BufferedImage.TYPE_BYTE_GRAY, 9, 9);
        Files.write(pictures.resolve("1/cut.png"), Arrays.copyOf(whole, whole.length - 20));
        Files.writeString(pictures.resolve("1/notes.txt"), "not a picture");
        // 100 * 100 * 3 bytes of noise are more than 20,000.
        picture("1/large.png", "png", BufferedImage.TYPE_3BYTE_BGR, 100, 100);

        Ended stopped = images("--source=s");
        assertThat(stopped.code()).isEqualTo(1);
        assertThat(stopped.err()).contains("cut.png: PNG ", "--skip-bad").hasLineCount(1);
        assertThat(sentImages()).isEmpty();

        Ended skipped = images("--source=s", "--skip-bad");
        assertThat(skipped.code()).isZero();
        assertThat(skipped.err())
                .contains(
                        "cut.png: PNG ",
                        "notes.txt: neither a PNG nor a JPEG file",
                        "large.png: file has ");
        assertThat(skipped.out()).contains("2 records", "sequence 0 to 1", "3 files skipped");
        assertThat(sentImages()).hasSize(2);
    }

    @Test
    void aListedFileThatIsNotThereIsNamedByItsLine() throws IOException {
        Path csv = csv("gone.png,bag\n");
        assertThat(images("--source=s", "--labels=" + csv).err())
                .contains("labels.csv line 1, ", "gone.png: there is no such file");
        Ended none = images("--source=s", "--labels=" + csv, "--skip-bad");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("nothing to send: 1 files, of which 1 are bad");
    }

    @Test
    void aPictureLargerThanKafkasUsualMegabyteArrives() throws IOException {
        byte[] large = picture("large.png", "png", BufferedImage.TYPE_3BYTE_BGR, 700, 700);
        assertThat(large.length).isGreaterThan(1 << 20); // 700 * 700 * 3 = 1.47 million
        assertThat(images("--source=s").code()).isZero();
        assertThat(sentImages().get(0).getPixels()).isEqualTo(ByteBuffer.wrap(large));
    }

    @Test
    void withoutALabelNoLabelsTopicIsNeeded() throws IOException {
        labels = "no-such-topic";
        grey("a.png");
        assertThat(images("--source=unlabelled").code()).isZero();
        grey("bag/a.png");
        Ended ended = images("--source=labelled");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("no-such-topic");
        assertThat(sentImages())
                .extracting(ImageObservation::getSource)
                .containsExactly("unlabelled");
    }

    @Test
    void wrongCallsSayWhatIsWrong() {
        assertThat(images("--source=").err()).contains("--source has 0 characters");
        // 236 + 1 for the slash + 19 for the largest sequence = 256, the longest record id.
        assertThat(images("--source=" + "s".repeat(237)).err())
                .contains("--source has 237 characters, must have 1 to 236");
        assertThat(images("--source=s", "--label-delay=-1").err()).contains("--label-delay is -1");
        assertThat(images("--source=s", "--event-time=-1").err()).contains("--event-time is -1");
        Ended both = images("--source=s", "--classes=a", "--classes-file=b");
        assertThat(both.err()).contains("choose one");
        assertThat(both.code()).isEqualTo(2);
    }

    @Test
    void textsAreCutNumberedAndGoOnWithResume() throws IOException {
        Path book = Files.writeString(temp.resolve("book.txt"), "one\ntwo\nthree\n");
        List<String> call =
                List.of(
                        "text",
                        book.toString(),
                        "-Dkafka.topics.text=" + observations,
                        "--source=book",
                        "--record-bytes=8",
                        "--event-time=5",
                        "--event-time-step=2");
        assertThat(publish(call).out()).contains("2 records of book, sequence 0 to 1");
        assertThat(publish(call).err()).contains("already holds book up to sequence 1");
        List<String> resumed = new ArrayList<>(call);
        resumed.add("--resume");
        assertThat(publish(resumed).out()).contains("2 records of book, sequence 2 to 3");
        assertThat(read(observations, TextObservation.class))
                .containsExactly(
                        Map.entry("book", text(0, 5, "one\ntwo\n")), // 8 bytes
                        Map.entry("book", text(1, 7, "three\n")),
                        Map.entry("book", text(2, 5, "one\ntwo\n")),
                        Map.entry("book", text(3, 7, "three\n")));
    }

    private static TextObservation text(long sequence, long eventTime, String text) {
        return new TextObservation(
                "book",
                sequence,
                eventTime,
                ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
                true);
    }
}
