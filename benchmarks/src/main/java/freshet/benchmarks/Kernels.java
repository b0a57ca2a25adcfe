package freshet.benchmarks;

import freshet.learners.LearnerSnapshot;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.memory.ContextShard;
import freshet.learners.memory.MemoryRecord;
import freshet.learners.memory.VocabularyTree;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.stability.Adwin;
import freshet.learners.stability.Kswin;
import freshet.learners.stability.PageHinkley;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.NearestRows;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.tensor.Weights;
import freshet.learners.vision.EncodedImage;
import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.ImageDecoder;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.ImageLimits;
import freshet.operators.ImageObservationDecoder;
import freshet.operators.ImageRecord;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageFormat;
import freshet.schemas.ImageObservation;
import freshet.schemas.UndecodableRecordException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The inner loops of the stream, one each; {@link KernelsCommand} runs them. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Kernels {

    private static final int SIDE = 28;
    private static final int BATCH = 128;

    /** One picture of clothes as PNG, and as the record that Kafka holds. */
    @State(Scope.Thread)
    public static class Picture {
        private final ImageForm form = new ImageForm(1, SIDE, SIDE);
        private final ImageDecoder images = new ImageDecoder(ImageLimits.defaults());
        private final AvroCodec<ImageObservation> codec = AvroCodec.of(ImageObservation.class);
        private final ImageObservationDecoder records =
                new ImageObservationDecoder(
                        form, null, ImageLimits.defaults(), Duration.ofDays(1).toMillis());
        private EncodedImage image;
        private ImageObservation observation;
        private byte[] value;

        @Setup
        public void make() throws IOException {
            var grey = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
            grey.getRaster()
                    .setDataElements(0, 0, SIDE, SIDE, FashionMnist.train().images().get(0));
            var png = new ByteArrayOutputStream();
            ImageIO.write(grey, "png", png);
            image =
                    new EncodedImage(
                            EncodedImage.Format.PNG, SIDE, SIDE, 1, Byte.SIZE, png.toByteArray());
            observation =
                    new ImageObservation(
                            "clothes",
                            1L,
                            1L,
                            "clothes/1",
                            ImageFormat.PNG,
                            SIDE,
                            SIDE,
                            1,
                            Byte.SIZE,
                            ByteBuffer.wrap(png.toByteArray()),
                            true);
            value = codec.encode(observation);
        }
    }

    @Benchmark
    public float[] decodePicture(Picture picture) throws Exception {
        return picture.form.of(picture.images.decode(picture.image));
    }

    @Benchmark
    public byte[] encodeRecord(Picture picture) {
        return picture.codec.encode(picture.observation);
    }

    @Benchmark
    public ImageObservation decodeRecord(Picture picture) throws UndecodableRecordException {
        return picture.codec.decode(picture.value);
    }

    /** From 128 Kafka values to the floats that go to the engine. */
    @Benchmark
    public ExampleBatch batchOfPictures(Picture picture) {
        float[] batch = new float[BATCH * SIDE * SIDE];
        for (int i = 0; i < BATCH; i++) {
            ImageRecord record =
                    picture.records.decode(
                            "images", 0, i, 1, null, picture.value, new String[0], new byte[0][]);
            float[] pixels = Weights.fromBytes(record.image);
            System.arraycopy(pixels, 0, batch, i * pixels.length, pixels.length);
        }
        return ExampleBatch.target(batch, BATCH);
    }

    /** 65,536 keys of the language model's width, asked 48 at a time: a text's segment. */
    @State(Scope.Thread)
    public static class Keys {
        private static final int KEYS = 1 << 16;
        private static final int WIDTH = 128;
        private static final int QUERIES = 48;
        private static final int NEAREST = 40; // as the memory asks by default
        private final float[] queries = new float[QUERIES * WIDTH];
        private KeyMatrix matrix;

        @Setup
        public void make() {
            matrix = TensorEngines.start("libtorch", 1).keyMatrix(KEYS, WIDTH);
            var random = new CounterRandom(1, 0, 0);
            float[] keys = new float[KEYS * WIDTH];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = (float) (2 * random.nextDouble() - 1);
            }
            matrix.set(0, keys, KEYS);
            System.arraycopy(keys, 0, queries, 0, queries.length);
        }

        @TearDown
        public void close() {
            matrix.close();
        }
    }

    @Benchmark
    public NearestRows searchKeysExactly(Keys keys) {
        return keys.matrix.nearest(keys.queries, Keys.QUERIES, Keys.KEYS, Keys.NEAREST);
    }

    /** 256 tokens of a text, answered and memorised by one shard of all. */
    @State(Scope.Thread)
    public static class Contexts {
        private static final int TOKENS = 256;
        private final CounterRandom random = new CounterRandom(1, 0, 0);
        private ContextShard shard;
        private int vocabulary;
        private long position;

        @Setup
        public void make() {
            BytePairTokenizer tokenizer = BytePairTokenizer.load();
            vocabulary = tokenizer.vocabulary();
            byte[][] entries = new byte[vocabulary][];
            Arrays.setAll(entries, token -> tokenizer.decode(new int[] {token}));
            shard =
                    new ContextShard(
                            0, 1, ContextShard.DEFAULT_SLOTS_LOG2, VocabularyTree.zipf(entries));
        }

        private MemoryRecord text() {
            int[] tokens = new int[TOKENS];
            for (int i = 0; i < TOKENS; i++) {
                double share = random.nextDouble(); // the lower numbers are the more frequent
                tokens[i] = (int) (vocabulary * share * share * share);
            }
            position += TOKENS;
            return new MemoryRecord(
                    new int[0], tokens, new float[0], 1, position, new int[0], true);
        }
    }

    @Benchmark
    public Object countContexts(Contexts contexts) {
        return contexts.shard.answerThenInsert(contexts.text());
    }

    /** A language learner of the default sizes. */
    @State(Scope.Thread)
    public static class Learner {
        private LanguageLearner learner;
        private LearnerSnapshot snapshot;

        @Setup
        public void make() {
            BytePairTokenizer tokenizer = BytePairTokenizer.load();
            learner =
                    new LanguageLearner(
                            TensorEngines.start("libtorch", 1),
                            LanguageModelConfig.defaults(tokenizer.vocabulary()),
                            LearningConfig.defaults(),
                            tokenizer.hash());
            snapshot = learner.snapshot();
        }

        @TearDown
        public void close() {
            learner.close();
        }
    }

    @Benchmark
    public byte[] encodeSnapshot(Learner learner) {
        return learner.snapshot.toBytes();
    }

    @Benchmark
    public byte[] takeAndEncodeSnapshot(Learner learner) {
        return learner.learner.snapshot().toBytes();
    }

    /** Detectors with a full window of steady values. */
    @State(Scope.Thread)
    public static class DriftDetectors {
        private final CounterRandom random = new CounterRandom(1, 0, 0);
        private final Adwin adwin = new Adwin(0.002, 32);
        private final PageHinkley pageHinkley = PageHinkley.withThreshold(50);
        private final Kswin kswin = new Kswin(1024, 256, 1e-5, 1);

        @Setup
        public void fill() {
            for (int i = 0; i < 5_000; i++) {
                double value = random.nextDouble();
                adwin.add(value);
                pageHinkley.add(value);
                kswin.add(value);
            }
        }
    }

    @Benchmark
    public boolean addToAdwin(DriftDetectors detectors) {
        return detectors.adwin.add(detectors.random.nextDouble());
    }

    @Benchmark
    public boolean addToPageHinkley(DriftDetectors detectors) {
        return detectors.pageHinkley.add(detectors.random.nextDouble());
    }

    @Benchmark
    public boolean addToKswin(DriftDetectors detectors) {
        return detectors.kswin.add(detectors.random.nextDouble());
    }
}
