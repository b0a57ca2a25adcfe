package freshet.jobs.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.jobs.CommandFailure;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.StopSignal;
import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.TextObservation;
import freshet.schemas.TextPrediction;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoITCase {

    private static final Pattern TEXTS = Pattern.compile("([0-9]+) texts");

    @TempDir Path temp;

    @Test
    void streamsSumsUpAndGoesOnWithoutARepeatOrAGap() throws Exception {
        Path folder = temp.resolve("demo");
        String first = runUntil(30, new Demo.Choice(folder, 60.0, false, false, null, true, false));
        assertThat(first)
                .contains("bits per byte", "melville-moby-dick", "learning lag", "--resume");
        assertThat(folder.resolve("bits-per-byte.png")).isNotEmptyFile();
        int before = answered(folder).size();

        String second =
                runUntil(
                        before + 30, new Demo.Choice(folder, null, false, true, null, true, false));
        assertThat(second).contains("restored", " 0 repeated, 0 missing");
        List<String> answered = answered(folder);
        assertThat(answered).hasSizeGreaterThan(before).doesNotHaveDuplicates();
        assertThat(asked(folder)).doesNotHaveDuplicates().containsAll(answered);
    }

    @Test
    void deletesNothingButADemo() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("thesis"));
        Path chapter = Files.writeString(folder.resolve("chapter.txt"), "precious");
        assertThatThrownBy(
                        () ->
                                runUntil(
                                        1,
                                        new Demo.Choice(
                                                folder, 1.0, false, false, null, false, false)))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("chapter.txt");
        assertThat(chapter).hasContent("precious");
    }

    @Test
    void withoutADemoThereIsNothingToResume() {
        assertThatThrownBy(
                        () ->
                                runUntil(
                                        1,
                                        new Demo.Choice(
                                                temp.resolve("no"),
                                                null,
                                                false,
                                                true,
                                                null,
                                                false,
                                                false)))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("no demo to resume");
    }

    /** Stops it, as Ctrl-C would, when the live line says that so many texts are predicted. */
    private static String runUntil(int texts, Demo.Choice choice) throws InterruptedException {
        StopSignal stop = new StopSignal();
        StringWriter out =
                new StringWriter() {
                    @Override
                    public void write(String part, int offset, int length) {
                        super.write(part, offset, length);
                        var said = TEXTS.matcher(part);
                        if (said.find()
                                && Integer.parseInt(said.group(1)) >= texts
                                && !stop.isWanted()) {
                            stop.request();
                        }
                    }
                };
        Configuration small = new Configuration();
        small.set(FreshetOptions.WIDTH, 32);
        small.set(FreshetOptions.LAYERS, 1);
        small.set(FreshetOptions.HEADS, 2);
        small.set(FreshetOptions.MEMORY_CAPACITY, 2_048);
        small.set(FreshetOptions.CONTEXT_SLOTS, 16);
        var writer = new PrintWriter(out, true);
        new Demo(choice, small, stop, writer, true, () -> 400).run();
        return out.toString();
    }

    private static List<String> answered(Path folder) {
        AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
        return read(
                folder,
                FreshetOptions.PREDICTIONS_TOPIC.defaultValue(),
                value -> {
                    TextPrediction prediction = codec.decodeOwn(value);
                    return prediction.getSource() + "/" + prediction.getSequence();
                });
    }

    private static List<String> asked(Path folder) {
        AvroCodec<TextObservation> codec = AvroCodec.of(TextObservation.class);
        return read(
                folder,
                FreshetOptions.TEXT_TOPIC.defaultValue(),
                value -> {
                    TextObservation text = codec.decodeOwn(value);
                    return text.getSource() + "/" + text.getSequence();
                });
    }

    private static List<String> read(Path folder, String topic, Function<byte[], String> name) {
        List<String> names = new ArrayList<>();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
            new TopicReader(new KafkaAccess(kafka.bootstrapServers(), Map.of()), topic)
                    .toTheEnd(
                            record -> {
                                names.add(name.apply(record.value()));
                                return true;
                            });
        }
        return names;
    }
}
