package freshet.jobs.demo;

import freshet.jobs.CommandFailure;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.LocalDefaults;
import freshet.jobs.LocalJob;
import freshet.jobs.Logs;
import freshet.jobs.StopSignal;
import freshet.jobs.StreamJob;
import freshet.jobs.Topics;
import freshet.jobs.demo.sabotage.Sabotage;
import freshet.jobs.demo.sabotage.SabotageRun;
import freshet.jobs.page.LivePage;
import freshet.pipelines.FreshetOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The whole path in one process: Kafka, the corpus as a stream, both branches in a Flink cluster,
 * and what comes out of them on the screen.
 *
 * <p>Half the time (with the whole corpus: two minutes) the early books come interleaved; then a
 * book that was not there before has the stream for itself. A copy of the model is frozen at that
 * moment: what the online model has over it there is what learning while serving is worth.
 */
public final class Demo {

    /**
     * What the user chose.
     *
     * @param minutes how long texts are streamed, over all resumed parts; null: as chosen before,
     *     or 2
     * @param full stream the whole corpus, however long it takes
     * @param resume go on with the demo in the folder
     * @param sabotage what is done to the run once it has learned a while; null: nothing
     * @param page serve the live page on a free port of this machine
     * @param verbose leave the logs where they are, on standard error
     */
    public record Choice(
            Path folder,
            Double minutes,
            boolean full,
            boolean resume,
            Sabotage sabotage,
            boolean page,
            boolean verbose) {}

    private static final double STANDARD_MINUTES = 2;

    /** At most: it ends when there is no more to see. Measured 2 to 3 on two busy cores. */
    private static final double SABOTAGE_MINUTES = 6;

    private static final long LATE_IN_FULL_MILLIS = Duration.ofMinutes(2).toMillis();

    /** Until the first text is answered; measured 5 to 15 s on two busy cores. */
    private static final long START_MILLIS = 8_000;

    private static final int TEXTS_AHEAD = 4;
    private static final long DRAIN_MILLIS = 30_000;
    private static final long DRAW_EVERY_MILLIS = 250;
    private static final long PRINT_EVERY_MILLIS = 5_000;
    private static final long NOTE_EVERY_MILLIS = 1_000;

    private static final String STREAMED = "streamedMillis";
    private static final String TOTAL = "totalMillis";
    private static final String LATE_AFTER = "lateAfterMillis";
    private static final String FROZEN_AT = "frozenAtMillis";
    private static final long WHOLE_CORPUS = -1;

    private final Choice choice;
    private final Configuration settings;
    private final StopSignal stop;
    private final PrintWriter out;
    private final boolean terminal;
    private final IntSupplier columns;
    private final LiveLine live;

    private DemoFolder folder;
    private StreamMeter meter;
    private Lead lead;
    private Feeder feeder;
    private DemoReader reader;
    private SabotageRun sabotage; // null without one
    private LocalJob job;
    private long totalMillis;
    private long streamedBefore;
    private long lateFromMillis;
    private long startedMillis;
    private long predictionsBefore;
    private boolean lateSaid;
    private long notedMillis;
    private long shownMillis;

    /**
     * @param settings the user's own options, which go before the demo's
     * @param terminal whether lines can be drawn anew
     */
    public Demo(
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
        this.live = new LiveLine(out, terminal, columns);
    }

    /** Streams, shows and sums up, until the end or until stopped. */
    public void run() throws InterruptedException {
        FreshetOptions.texts(settings); // a bad option stops before anything is made or deleted
        try (DemoFolder opened = DemoFolder.open(choice.folder(), choice.resume())) {
            folder = opened;
            plan();
            if (!choice.verbose()) {
                Logs.toFile(folder.resolve("demo.log"));
            }
            live.say("starting Kafka and Flink in this process ...");
            try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
                Configuration config = configuration(kafka.bootstrapServers());
                KafkaAccess access = new KafkaAccess(kafka.bootstrapServers(), Map.of());
                access.createTopics(Topics.of(config, 1));
                try (LivePage page = choice.page() ? startPage(access, config, live) : null) {
                    stream(kafka, access, config);
                }
            }
        }
    }

    private void plan() {
        double standard = choice.sabotage() == null ? STANDARD_MINUTES : SABOTAGE_MINUTES;
        double minutes = choice.minutes() == null ? standard : choice.minutes();
        long wanted = choice.full() ? WHOLE_CORPUS : Math.round(minutes * 60_000);
        totalMillis =
                choice.full() || choice.minutes() != null ? wanted : folder.get(TOTAL, wanted);
        streamedBefore = folder.get(STREAMED, 0);
        if (totalMillis != WHOLE_CORPUS && streamedBefore >= totalMillis) {
            throw new CommandFailure(
                    ("the demo in %s is through with its %s; --resume --minutes N goes on to minute"
                                    + " N, --resume --full to the end of the corpus")
                            .formatted(folder.path(), clock(totalMillis)));
        }
        folder.put(TOTAL, totalMillis);
        long late = totalMillis == WHOLE_CORPUS ? LATE_IN_FULL_MILLIS : totalMillis / 2;
        folder.put(LATE_AFTER, folder.get(LATE_AFTER, late));
    }

    /** The live page of a demo, whose address is said. */
    public static LivePage startPage(KafkaAccess kafka, Configuration config, LiveLine live) {
        LivePage page = LivePage.start(kafka, config, LivePage.Access.local());
        live.say("live page at " + page.url());
        return page;
    }

    private void stream(EmbeddedKafka kafka, KafkaAccess access, Configuration config)
            throws InterruptedException {
        meter = new StreamMeter(FreshetOptions.models(config).get(0));
        lead = new Lead(choice.sabotage() == null ? TEXTS_AHEAD : SabotageRun.TEXTS_AHEAD);
        if (choice.sabotage() != null) {
            sabotage = new SabotageRun(choice.sabotage(), access, config);
        }
        feeder =
                new Feeder(
                        access,
                        config.get(FreshetOptions.TEXT_TOPIC),
                        lead,
                        sabotage == null ? Feeder.AS_IT_IS : sabotage::sent);
        feeder.readBack();
        // Another change would be mistaken for the sabotage's.
        lateFromMillis = sabotage == null ? planLate(config) : Long.MAX_VALUE;
        reader =
                new DemoReader(
                        access,
                        config.get(FreshetOptions.PREDICTIONS_TOPIC),
                        config.get(FreshetOptions.TELEMETRY_TOPIC),
                        config.get(FreshetOptions.DEAD_LETTERS_TOPIC),
                        config.get(FreshetOptions.ACKNOWLEDGEMENTS_TOPIC),
                        meter,
                        lead,
                        Optional.ofNullable(sabotage));
        reader.start();
        predictionsBefore = meter.reading(false).predictions();

        boolean restored = choice.resume() && LocalJob.resume(config, folder.path());
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        StreamJob.build(env, config, StreamJob.Branches.BOTH);
        job = LocalJob.start(env, "freshet demo");
        introduce(kafka, restored);
        feeder.start(lateFromMillis);
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

    /** The options that make a demo of it; the user's own go first. */
    private Configuration configuration(String servers) {
        Configuration config = new Configuration(settings);
        config.set(FreshetOptions.BOOTSTRAP_SERVERS, servers);
        LocalDefaults.set(
                config, FreshetOptions.ALLOWED_DISORDER, Duration.ZERO); // the feeder keeps order
        if (choice.sabotage() != null) {
            SabotageRun.watchClosely(config);
        }
        LocalDefaults.set(config, FreshetOptions.PUBLISH_EVERY, 32);
        seenAtOnce(config); // what repeats after a kill is told by its sequence
        // A version is one record of megabytes, and the encoder answers a text whenever no whole
        // one has come yet: what is in flight must hold one, or versions starve behind the texts.
        // Ten buffers may be. The feeder's lead keeps it from filling with texts.
        LocalDefaults.set(
                config, TaskManagerOptions.MEMORY_SEGMENT_SIZE, MemorySize.parse("512kb"));
        networkMemory(config, 128);
        LocalDefaults.fill(config, folder.path());
        return config;
    }

    /** What is written can be read at once, not only after a checkpoint. */
    public static void seenAtOnce(Configuration config) {
        LocalDefaults.set(
                config, FreshetOptions.PREDICTIONS_DELIVERY, DeliveryGuarantee.AT_LEAST_ONCE);
        LocalDefaults.set(config, FreshetOptions.MODELS_DELIVERY, DeliveryGuarantee.AT_LEAST_ONCE);
        LocalDefaults.set(config, FreshetOptions.DELIVERY, DeliveryGuarantee.AT_LEAST_ONCE);
    }

    /**
     * @param megabytes for records on their way from step to step
     */
    public static void networkMemory(Configuration config, int megabytes) {
        MemorySize size = MemorySize.ofMebiBytes(megabytes);
        LocalDefaults.set(config, TaskManagerOptions.NETWORK_MEMORY_MIN, size);
        LocalDefaults.set(config, TaskManagerOptions.NETWORK_MEMORY_MAX, size);
    }

    /** The copy is frozen when the late source starts, so that it has never seen a text of it. */
    private long planLate(Configuration config) {
        long left = Math.max(0, folder.get(LATE_AFTER, 0) - streamedBefore);
        long from =
                feeder.hasSent(Corpus.LATE)
                        ? folder.get(FROZEN_AT, 0)
                        : System.currentTimeMillis() + START_MILLIS + left;
        folder.put(FROZEN_AT, from);
        config.set(FreshetOptions.FROZEN_AT, from);
        return from;
    }

    private void introduce(EmbeddedKafka kafka, boolean restored) {
        String length = totalMillis == WHOLE_CORPUS ? "the whole corpus" : clock(totalMillis);
        live.say(
                "Kafka at %s, job %s; %s, Ctrl-C stops"
                        .formatted(
                                kafka.bootstrapServers(),
                                restored
                                        ? "restored at " + clock(streamedBefore)
                                        : "started, model untrained",
                                length));
        live.say(
                "texts: "
                        + String.join(", ", Corpus.EARLY)
                        + (sabotage == null ? "; later only " + Corpus.LATE : ""));
        sayNews();
        live.say("bits/byte: fewer are better; 8 is no model at all.");
    }

    private void untilTheEnd() {
        while (!stop.isWanted() && !feeder.isFinished() && !isOver()) {
            if (job.awaitEnd(DRAW_EVERY_MILLIS)) {
                throw new CommandFailure("the job ended by itself, see " + log());
            }
            check();
            noteStart();
            show(false);
        }
    }

    /** The time that is shown and limited starts with the first answer, not with the cluster. */
    private void noteStart() {
        long predictions = meter.reading(false).predictions();
        if (startedMillis == 0 && predictions > predictionsBefore) {
            startedMillis = System.currentTimeMillis();
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

    private boolean isOver() {
        return totalMillis != WHOLE_CORPUS && streamedMillis() >= totalMillis
                || sabotage != null && sabotage.isOver();
    }

    private long streamedMillis() {
        long here = startedMillis == 0 ? 0 : System.currentTimeMillis() - startedMillis;
        return streamedBefore + here;
    }

    private void show(boolean last) {
        long now = System.currentTimeMillis();
        boolean late = now >= lateFromMillis;
        if (late && !lateSaid) {
            lateSaid = true;
            live.say(
                    "%s starts: from here on frozen is a copy of the model as it is now"
                            .formatted(Corpus.LATE));
        }
        sayNews();
        if (now - notedMillis >= NOTE_EVERY_MILLIS) {
            notedMillis = now;
            folder.put(STREAMED, streamedMillis());
        }
        if (last || terminal || now - shownMillis >= PRINT_EVERY_MILLIS) {
            shownMillis = now;
            live.show(LiveLine.parts(clock(streamedMillis()), meter.reading(late)));
        }
    }

    private void sayNews() {
        if (sabotage != null) {
            sabotage.takeLines().forEach(live::say);
        }
    }

    /** At the planned end all that was sent is answered before the job stops. */
    private void drain() {
        long deadline = System.currentTimeMillis() + DRAIN_MILLIS;
        folder.put(STREAMED, streamedMillis());
        while (!stop.isWanted() && !lead.isCaughtUp() && System.currentTimeMillis() < deadline) {
            job.awaitEnd(DRAW_EVERY_MILLIS);
            check();
        }
    }

    private void finish(EmbeddedKafka kafka) {
        boolean stopped = stop.isWanted();
        show(true);
        live.say(stopped ? "stopping ..." : "done; stopping the job with a savepoint ...");
        var savepoint = job.stop(folder.path());
        reader.close();
        if (sabotage == null) {
            Results.write(meter, folder.path(), out, columns.getAsInt());
        } else {
            sayNews();
            sabotage.write(folder.path(), out, columns.getAsInt());
        }
        out.printf("topics       %s (freshet kafka --folder serves them)%n", kafka.folder());
        out.printf(
                "%-12s %s%n",
                savepoint.isPresent() ? "savepoint" : "checkpoints",
                savepoint.orElse(folder.resolve("checkpoints").toString()));
        out.printf("log          %s%n", log());
        boolean more = sabotage == null && (stopped || !feeder.isFinished());
        if (more) {
            out.printf(
                    "go on with   freshet demo --resume%s%s%n",
                    choice.folder().equals(Path.of(".freshet", "demo"))
                            ? ""
                            : " --folder " + choice.folder(),
                    stopped ? "" : " --full");
        }
        out.flush();
    }

    private Path log() {
        return folder.resolve("demo.log");
    }

    /** Minutes and seconds: {@code 1:02}. */
    public static String clock(long millis) {
        return "%d:%02d".formatted(millis / 60_000, millis / 1000 % 60);
    }
}
