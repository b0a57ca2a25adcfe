package freshet.benchmarks.pipeline;

import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.LabelledImages;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.FreshetOptions.Pipeline;
import freshet.pipelines.ImageOptions;
import freshet.pipelines.ModelSettings;
import freshet.pipelines.RobotOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageFormat;
import freshet.schemas.ImageObservation;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import freshet.schemas.TextObservation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.configuration.Configuration;

/**
 * What a pipeline is fuzzed with: sound observations of one source, and records near to an
 * observation of another.
 *
 * @param <T> its observations
 */
record FuzzedPipeline<T extends SpecificRecordBase>(
        Pipeline pipeline, Class<T> type, IntFunction<T> sound, T base) {

    private static final String GOOD = "good";

    /** Not one byte from it. */
    private static final String OTHER = "xxxxxxxxxxxx";

    private static final int SIDE = 15;
    private static final int EPISODE = 24;

    static FuzzedPipeline<?> of(Pipeline pipeline, long start) {
        return switch (pipeline) {
            case TEXT ->
                    new FuzzedPipeline<>(
                            pipeline,
                            TextObservation.class,
                            number -> text(GOOD, number, start, true),
                            text(OTHER, 0, start, false));
            case IMAGES -> {
                LabelledImages clothes = FashionMnist.heldOut();
                yield new FuzzedPipeline<>(
                        pipeline,
                        ImageObservation.class,
                        number -> image(clothes, GOOD, number, start, true),
                        image(clothes, OTHER, 0, start, false));
            }
            case ROBOTS ->
                    new FuzzedPipeline<>(
                            pipeline,
                            RobotObservation.class,
                            number -> robot(GOOD, number, start, true),
                            robot(OTHER, 0, start, false));
        };
    }

    /** Small models, so that the time goes into the records. */
    Map<String, String> options() {
        Map<String, String> options = new TreeMap<>();
        options.put(FreshetOptions.PIPELINE.key(), pipeline.name());
        options.put("model.width", "32");
        options.put("model.heads", "2");
        options.put(RobotOptions.PIXELS.key(), String.valueOf(SIDE));
        options.put(RobotOptions.FIRST_UPDATE_AFTER.key(), "60");
        return options;
    }

    ModelSettings<?, ?> settings(Configuration config) {
        return switch (pipeline) {
            case TEXT -> FreshetOptions.texts(config).get(0);
            case IMAGES -> ImageOptions.images(config).get(0);
            case ROBOTS -> RobotOptions.robots(config).get(0);
        };
    }

    byte[] soundBytes(int number) {
        return AvroCodec.of(type).encode(sound.apply(number));
    }

    RecordFuzzer<T> fuzzer(SplittableRandom random) {
        return new RecordFuzzer<>(type, base, random);
    }

    /** How many of so many sound records are answered: a robot's last step of an episode is not. */
    int answers(int records) {
        return pipeline == Pipeline.ROBOTS ? records - records / EPISODE : records;
    }

    private static TextObservation text(String source, int number, long start, boolean learn) {
        String words = learn ? "the mill turns and water runs over stone " + number : "mill";
        return new TextObservation(
                source,
                (long) number,
                start + number,
                ByteBuffer.wrap(words.getBytes(StandardCharsets.UTF_8)),
                learn);
    }

    private static ImageObservation image(
            LabelledImages clothes, String source, int number, long start, boolean learn) {
        int picture = number % clothes.size();
        byte[] pixels = new byte[clothes.height() * clothes.width()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (number * 31 + i * 7);
        }
        return new ImageObservation(
                source,
                (long) number,
                start + number,
                source + "/" + picture + "/" + number,
                ImageFormat.RAW,
                clothes.width(),
                clothes.height(),
                1,
                8,
                ByteBuffer.wrap(pixels),
                learn);
    }

    private static RobotObservation robot(String name, int number, long start, boolean learn) {
        byte[] picture = new byte[3 * SIDE * SIDE];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = (byte) (number * 31 + i * 7);
        }
        int step = number % EPISODE;
        return new RobotObservation(
                name,
                (long) number / EPISODE,
                (long) step,
                start + number,
                ByteBuffer.wrap(picture),
                SIDE,
                SIDE,
                List.of(),
                0f,
                step == EPISODE - 1,
                0,
                step == 0
                        ? List.of()
                        : List.of(new StepOutcome((long) step - 1, 0.5f, List.of(0.1f), false)),
                true,
                learn);
    }
}
