package freshet.benchmarks.pipeline;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.benchmarks.TimedEngine;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.StreamJob;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.selftraining.SelfTrainingLearner;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.vision.DriftSchedule;
import freshet.learners.vision.DriftSource;
import freshet.learners.vision.EncodedImage;
import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.ImageDecoder;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.LabelledImages;
import freshet.learners.vision.UnreadableImageException;
import freshet.operators.ImageSetup;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Images per second through decoding, learning, classifying and scoring together; what Flink and
 * Kafka add to the bare learner on the same batches; where the bare learner's time goes; and all of
 * it again while a share of the images is broken.
 */
@Command(
        name = "image-speed",
        mixinStandardHelpOptions = true,
        description = "Throughput of images, Flink's and Kafka's share, and that of each step.")
public final class ImageSpeedBenchmark implements Callable<Integer> {

    private static final int SIDE = 28;

    /** Labelled pictures come first, as many as this share. */
    private static final double LABELLED_SHARE = 0.25;

    @Option(names = "--images", description = "Of each run; default ${DEFAULT-VALUE}.")
    private int images = 20_000;

    @Option(names = "--rounds", description = "After one to warm up; default ${DEFAULT-VALUE}.")
    private int rounds = 3;

    @Option(
            names = "--bad-share",
            description = "Of the PNG files that have a flipped bit; default ${DEFAULT-VALUE}.")
    private double badShare;

    @Option(names = "-D", description = "KEY=VALUE sets an option of the pipeline.")
    private Map<String, String> overrides = Map.of();

    private final Path folder;
    private final List<byte[]> files = new ArrayList<>();
    private int[] labels;
    private int bad;

    public ImageSpeedBenchmark() throws IOException {
        folder = Files.createTempDirectory("freshet-image-speed");
    }

    private Table table;

    @Override
    public Integer call() throws IOException {
        ImageIO.setUseCache(false);
        makeFiles();
        System.out.println(Machine.line());
        System.out.printf(
                "%,d PNG files of 28 x 28, the first quarter labelled, %,d of them broken; one"
                        + " model, one partition, parallelism 1, changes %s%n%n",
                images, bad, overrides);
        table =
                Table.start(
                        "round",
                        "| round | images/s | learner in the job, ms/update | bare learner | Flink and"
                                + " Kafka add |");
        double[] speed = new double[rounds];
        double[] share = new double[rounds];
        Map<String, Integer> deadLetters = Map.of();
        Map<String, Long> work = Map.of();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
            for (int round = 0; round <= rounds; round++) {
                double perSecond;
                try (var run = run(kafka, "both" + round)) {
                    run.start(StreamJob.Branches.BOTH);
                    List<Long> served = run.predictionTimes(images - bad);
                    PipelineRun.Learned learned = run.learned();
                    long last = Math.max(served.get(served.size() - 1), learned.lastMillis());
                    long first = Math.min(served.get(0), learned.firstMillis());
                    perSecond = images * 1000.0 / (last - first);
                    deadLetters = run.deadLetters();
                }
                double inJob;
                try (var run = run(kafka, "learn" + round)) {
                    run.start(StreamJob.Branches.LEARN);
                    PipelineRun.Learned learned = run.learned();
                    inJob = 1000 * learned.seconds() / learned.updates();
                }
                work = bareLearner();
                double bare = work.get("update") / 1e6;
                table.row(
                        "| %s | %.0f | %.2f | %.2f | %+.1f %% |",
                        round == 0 ? "warm-up" : String.valueOf(round),
                        perSecond,
                        inJob,
                        bare,
                        100 * (inJob / bare - 1));
                if (round > 0) {
                    speed[round - 1] = perSecond;
                    share[round - 1] = inJob / bare - 1;
                }
            }
        }
        Arrays.sort(speed);
        Arrays.sort(share);
        System.out.printf(
                "%nmedians: %.0f images/s through decode, learn, classify and score; Flink and"
                        + " Kafka add %+.1f %% to the learner with its decoding%n",
                speed[rounds / 2], 100 * share[rounds / 2]);
        System.out.printf("dead letters: %s%n%n", deadLetters);
        table =
                Table.start(
                        "step of the bare learner",
                        "| step of the bare learner | ms an update | share |");
        double all = work.get("update");
        for (var step : work.entrySet()) {
            table.row(
                    "| %s | %.3f | %.1f %% |",
                    step.getKey(), step.getValue() / 1e6, 100 * step.getValue() / all);
        }
        return 0;
    }

    /** Every picture of the stream as a file, some of them broken. */
    private void makeFiles() throws IOException {
        LabelledImages all = FashionMnist.train();
        int labelled = (int) (LABELLED_SHARE * images);
        var schedule =
                new DriftSchedule(
                        List.of(
                                DriftSchedule.Stage.turns(0, 0, 5),
                                DriftSchedule.Stage.turns(labelled, 0, 5),
                                DriftSchedule.Stage.turns(Math.max(images, 2), 25, 30)));
        var stream = new DriftSource(all, schedule, 21);
        labels = new int[images];
        var random = new CounterRandom(22, 0, 0);
        for (int i = 0; i < images; i++) {
            DriftSource.Item item = stream.get(i);
            labels[i] = item.label();
            byte[] file = png(item.pixels());
            if (random.nextDouble() < badShare) {
                long bit = random.nextLong(8L * file.length);
                file[(int) (bit / 8)] ^= (byte) (1 << (bit % 8));
                bad++;
            }
            files.add(file);
        }
    }

    private static byte[] png(byte[] pixels) throws IOException {
        var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, SIDE, SIDE, pixels);
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private PipelineRun run(EmbeddedKafka kafka, String name) {
        Map<String, String> options = options();
        options.put(FreshetOptions.BOUNDED.key(), "true");
        var run = new PipelineRun(kafka, name, folder, options);
        publish(run);
        return run;
    }

    private Map<String, String> options() {
        Map<String, String> options = new TreeMap<>(overrides);
        options.put(FreshetOptions.PIPELINE.key(), FreshetOptions.Pipeline.IMAGES.name());
        return options;
    }

    private void publish(PipelineRun run) {
        try (var topics = new ImageTopics(run)) {
            for (int i = 0; i < images; i++) {
                topics.image(i, encoded(files.get(i)));
                if (i < LABELLED_SHARE * images) {
                    topics.label(i, labels[i], i);
                }
            }
        }
    }

    private static EncodedImage encoded(byte[] file) {
        return new EncodedImage(EncodedImage.Format.PNG, SIDE, SIDE, 1, 8, file);
    }

    /** Nanoseconds of an update and of its steps, on the same files without a stream. */
    private Map<String, Long> bareLearner() {
        ImageSetup setup = ImageOptions.images(Configuration.fromMap(options())).get(0).learner();
        var engine = new TimedEngine(TensorEngines.start(setup.engine()));
        var form = new ImageForm(1, SIDE, SIDE);
        var decoder = new ImageDecoder(ImageLimits.defaults());
        int size = form.size();
        long decoding = 0;
        long start = System.nanoTime();
        int updates = 0;
        try (var learner =
                new SelfTrainingLearner(
                        engine, setup.network(), setup.learning(), setup.augmentation())) {
            float[] batch = new float[setup.batch() * size];
            int[] classes = new int[setup.batch()];
            int filled = 0;
            boolean target = false;
            for (int i = 0; i < images; i++) {
                boolean labelled = i < LABELLED_SHARE * images;
                if (target == labelled) {
                    target = !labelled;
                    filled = 0;
                }
                long before = System.nanoTime();
                float[] image = decoded(decoder, form, files.get(i));
                decoding += System.nanoTime() - before;
                if (image == null) {
                    continue;
                }
                System.arraycopy(image, 0, batch, filled * size, size);
                classes[filled++] = labels[i];
                if (filled == setup.batch()) {
                    filled = 0;
                    updates++;
                    learner.step(
                            target
                                    ? ExampleBatch.target(batch.clone(), setup.batch())
                                    : ExampleBatch.source(batch.clone(), classes.clone()));
                    if (updates % setup.publishEverySteps() == 0) {
                        learner.publish();
                    }
                }
            }
        }
        Map<String, Long> perUpdate = new TreeMap<>();
        long all = System.nanoTime() - start;
        long known = decoding;
        perUpdate.put("decode", decoding / updates);
        Map<String, String> names =
                Map.of(
                        "0 run", "student's representations and logits",
                        "0 differentiate", "student forward and backward",
                        "0 adam", "optimiser",
                        "1 run", "teacher's representations and logits");
        for (var step : engine.nanos().entrySet()) {
            perUpdate.put(names.get(step.getKey()), step.getValue() / updates);
            known += step.getValue();
        }
        perUpdate.put("the rest: augmenting, pairing, mixing, averaging", (all - known) / updates);
        perUpdate.put("update", all / updates);
        return perUpdate;
    }

    private static float[] decoded(ImageDecoder decoder, ImageForm form, byte[] file) {
        try {
            return form.of(decoder.decode(encoded(file)));
        } catch (UnreadableImageException e) {
            return null;
        }
    }
}
