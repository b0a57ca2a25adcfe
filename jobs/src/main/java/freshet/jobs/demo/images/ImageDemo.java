package freshet.jobs.demo.images;

import freshet.jobs.CommandFailure;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.LocalDefaults;
import freshet.jobs.LocalJob;
import freshet.jobs.Logs;
import freshet.jobs.StopSignal;
import freshet.jobs.StreamJob;
import freshet.jobs.Topics;
import freshet.jobs.demo.Demo;
import freshet.jobs.demo.DemoFolder;
import freshet.jobs.demo.Lead;
import freshet.jobs.demo.LiveLine;
import freshet.jobs.demo.sabotage.Sabotage;
import freshet.jobs.demo.sabotage.SabotageRun;
import freshet.jobs.page.LivePage;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Clothes that slowly turn, labels that stop at the start, and five models that follow or do not:
 * Kafka, Flink and all models in one process.
 */
public final class ImageDemo {

    /**
     * What the user chose.
     *
     * @param upright pictures with labels at the start
     * @param turning pictures that turn
     * @param degrees that they have turned by in the end
     * @param sabotage break the GIFT model once it has followed a while
     * @param page serve the live page on a free port of this machine
     * @param verbose leave the logs where they are, on standard error
     */
    public record Choice(
            Path folder,
            int upright,
            int turning,
            double degrees,
            long seed,
            boolean sabotage,
            boolean page,
            boolean verbose) {}

    /** Turned pictures between one and its label. */
    private static final int LABEL_DELAY = 1_000;

    /** Updates on turning pictures before a sabotage: by then the rules know what is normal. */
    private static final int UPDATES_BEFORE = 120;

    private static final int PICTURES_AHEAD = 1_024;
    private static final int REPORT_EVERY = 250;
    private static final int STAGES = 5;
    private static final int PICTURES_A_STAGE = 8;
    private static final long DRAW_EVERY_MILLIS = 250;
    private static final long PRINT_EVERY_MILLIS = 5_000;
    private static final long DRAIN_MILLIS = 60_000;

    private final Choice choice;
    private final Configuration settings;
    private final StopSignal stop;
    private final PrintWriter out;
    private final boolean terminal;
    private final IntSupplier columns;
    private final LiveLine live;
    private final TurningClothes clothes;
    private final Lead lead = new Lead(PICTURES_AHEAD);
    private final List<Integer> onSheet;
    private final ImageMeter meter;

    private SabotageRun sabotage; // null without one
    private ImageFeeder feeder;
    private ImageReader reader;
    private LocalJob job;
    private long startedMillis;
    private long shownMillis;
    private boolean turningSaid;

    /**
     * @param settings the user's own options, which go before the demo's
     * @param terminal whether lines can be drawn anew
     */
    public ImageDemo(
            Choice choice,
            Configuration settings,
            StopSignal stop,
            PrintWriter out,
            boolean terminal,
            IntSupplier columns) {
        this.choice = choice;
        this.settings = new Configuration(settings);
        this.stop = stop;
        this.out = out;
        this.terminal = terminal;
        this.columns = columns;
        live = new LiveLine(out, terminal, columns);
        clothes =
                new TurningClothes(
                        choice.upright(),
                        choice.turning(),
                        choice.degrees(),
                        choice.sabotage(),
                        choice.seed());
        onSheet = stages();
        meter = new ImageMeter(clothes, lead, onSheet);
    }

    /** The first pictures of each stage, evenly spread over the turning part. */
    private List<Integer> stages() {
        List<Integer> pictures = new ArrayList<>();
        for (int stage = 0; stage < STAGES; stage++) {
            int first =
                    clothes.turningFrom()
                            + (int)
                                    ((long) stage
                                            * Math.max(0, choice.turning() - PICTURES_A_STAGE)
                                            / (STAGES - 1));
            for (int i = 0; i < PICTURES_A_STAGE; i++) {
                pictures.add(first + i);
            }
        }
        return pictures;
    }

    /** Streams, shows and sums up, until the end or until stopped. */
    public void run() throws InterruptedException {
        Configuration config = configuration();
        FreshetOptions.check(config); // a bad option stops before anything is made or deleted
        try (DemoFolder folder = DemoFolder.open(choice.folder(), false)) {
            if (!choice.verbose()) {
                Logs.toFile(log());
            }
            live.say("starting Kafka and Flink in this process ...");
            try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
                config.set(FreshetOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
                KafkaAccess access = new KafkaAccess(kafka.bootstrapServers(), Map.of());
                access.createTopics(Topics.of(config, 1));
                try (LivePage page = choice.page() ? Demo.startPage(access, config, live) : null) {
                    stream(kafka, access, config);
                }
            }
        }
    }

    private Configuration configuration() {
        Configuration config = new Configuration(settings);
        config.set(FreshetOptions.PIPELINE, FreshetOptions.Pipeline.IMAGES);
        ComparedModel.allInto(config);
        LocalDefaults.set(
                config, FreshetOptions.ALLOWED_DISORDER, Duration.ZERO); // the feeder keeps order
        LocalDefaults.set(config, FreshetOptions.PUBLISH_EVERY, 4);
        if (choice.sabotage()) {
            LocalDefaults.set(config, FreshetOptions.VERSIONS_KEPT, 20);
            LocalDefaults.set(config, ImageOptions.CANARY_SOURCE, TurningClothes.CANARY);
            // A model that follows the turn forgets some of what stood upright; a broken one all.
            LocalDefaults.set(config, ImageOptions.CANARY_TOLERANCE, 0.3);
        }
        LocalDefaults.set(config, FreshetOptions.SEED, choice.seed());
        LocalDefaults.set(config, ImageOptions.SCORE_EVERY, REPORT_EVERY);
        LocalDefaults.set(config, ImageOptions.RAMP_IMAGES, Math.max(1L, choice.turning() / 5));
        LocalDefaults.set(
                config,
                ImageOptions.SOURCE_UPDATES,
                Math.max(1, choice.upright() / config.get(ImageOptions.BATCH)));
        Demo.seenAtOnce(config); // nothing is killed here
        Demo.networkMemory(config, 256);
        LocalDefaults.fill(config, choice.folder());
        return config;
    }

    private void stream(EmbeddedKafka kafka, KafkaAccess access, Configuration config)
            throws InterruptedException {
        feeder =
                new ImageFeeder(
                        access,
                        config.get(ImageOptions.IMAGES_TOPIC),
                        config.get(ImageOptions.LABELS_TOPIC),
                        clothes,
                        LABEL_DELAY,
                        lead);
        if (choice.sabotage()) {
            int labelled = choice.upright() / config.get(ImageOptions.BATCH);
            sabotage =
                    new SabotageRun(
                            Sabotage.COLLAPSE,
                            ComparedModel.GIFT.model(),
                            (long) labelled + UPDATES_BEFORE,
                            access,
                            config);
        }
        reader =
                new ImageReader(
                        access,
                        FreshetOptions.predictionsTopic(config),
                        config.get(FreshetOptions.TELEMETRY_TOPIC),
                        config.get(FreshetOptions.DEAD_LETTERS_TOPIC),
                        config.get(FreshetOptions.ACKNOWLEDGEMENTS_TOPIC),
                        meter,
                        Optional.ofNullable(sabotage));
        reader.start();
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        StreamJob.build(env, config, StreamJob.Branches.BOTH);
        job = LocalJob.start(env, "freshet demo images");
        introduce(kafka);
        startedMillis = System.currentTimeMillis();
        feeder.start();
        try {
            untilTheEnd();
            feeder.close();
            drain();
            finish(kafka);
        } finally {
            feeder.close();
            reader.close();
            if (sabotage != null) {
                sabotage.close();
            }
        }
    }

    private void introduce(EmbeddedKafka kafka) {
        live.say("Kafka at %s; Ctrl-C stops".formatted(kafka.bootstrapServers()));
        live.say(
                String.format(
                        Locale.ROOT,
                        "%,d upright pictures with labels, then %,d without that turn to %.0f"
                                + " degrees; their labels come %,d pictures late and are only"
                                + " scored, but for the supervised bound",
                        choice.upright(),
                        choice.turning(),
                        choice.degrees(),
                        LABEL_DELAY));
        live.say("accuracy in % over the newest 1,000, predicted before learned:");
    }

    private void untilTheEnd() {
        while (!stop.isWanted() && !feeder.isFinished()) {
            if (job.awaitEnd(DRAW_EVERY_MILLIS)) {
                throw new CommandFailure("the job ended by itself, see " + log());
            }
            check();
            show(false);
        }
    }

    private void check() {
        for (RuntimeException failure :
                new RuntimeException[] {feeder.failure(), reader.failure()}) {
            if (failure != null) {
                throw failure;
            }
        }
    }

    private void show(boolean last) {
        int sent = feeder.sent();
        if (sent > clothes.turningFrom() && !turningSaid) {
            turningSaid = true;
            live.say("the labelled pictures are through; from here on they turn");
        }
        if (sabotage != null) {
            sabotage.takeLines().forEach(live::say);
        }
        long now = System.currentTimeMillis();
        if (!last && !terminal && now - shownMillis < PRINT_EVERY_MILLIS) {
            return;
        }
        shownMillis = now;
        List<String> parts = new ArrayList<>();
        parts.add(Demo.clock(now - startedMillis));
        parts.add(String.format(Locale.ROOT, "%,d images", sent));
        parts.add(
                String.format(
                        Locale.ROOT,
                        "%,.0f images/s",
                        sent * 1000.0 / Math.max(1, now - startedMillis)));
        if (sent > 0) {
            parts.add(
                    String.format(
                            Locale.ROOT,
                            "%.0f degrees",
                            clothes.get(sent - 1).distortion().degrees()));
        }
        for (ComparedModel model : ComparedModel.values()) {
            double accuracy = meter.sliding(model);
            parts.add(
                    Double.isNaN(accuracy)
                            ? model.title() + " -"
                            : String.format(Locale.ROOT, "%s %.1f", model.title(), 100 * accuracy));
        }
        parts.add("GIFT v" + meter.version(ComparedModel.GIFT));
        live.show(parts);
    }

    /** At the planned end all that was sent is answered and scored before the job stops. */
    private void drain() {
        long deadline = System.currentTimeMillis() + DRAIN_MILLIS;
        long reported = (long) feeder.sent() / REPORT_EVERY * REPORT_EVERY;
        while (!stop.isWanted()
                && !meter.hasScored(reported)
                && System.currentTimeMillis() < deadline) {
            job.awaitEnd(DRAW_EVERY_MILLIS);
            check();
            show(false);
        }
    }

    private void finish(EmbeddedKafka kafka) {
        long millis = System.currentTimeMillis() - startedMillis;
        show(true);
        live.say(stop.isWanted() ? "stopping ..." : "done; stopping the job with a savepoint ...");
        var savepoint = job.stop(choice.folder());
        reader.close();
        OptionalLong brokenAt = OptionalLong.empty();
        if (sabotage != null) {
            sabotage.print(out);
            brokenAt = sabotage.sabotagedAt();
        }
        new ImageResults(
                        meter,
                        clothes,
                        settings.get(ImageOptions.BATCH),
                        choice.folder(),
                        out,
                        columns.getAsInt())
                .write(millis, feeder.sent(), onSheet, PICTURES_A_STAGE, brokenAt);
        out.printf("topics       %s (freshet kafka --folder serves them)%n", kafka.folder());
        savepoint.ifPresent(path -> out.printf("savepoint    %s%n", path));
        out.printf("log          %s%n", log());
        out.flush();
    }

    private Path log() {
        return choice.folder().resolve("demo.log");
    }
}
