package freshet.jobs.demo.robots;

import freshet.jobs.CommandFailure;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.LocalDefaults;
import freshet.jobs.LocalJob;
import freshet.jobs.Logs;
import freshet.jobs.SeparateProcess;
import freshet.jobs.StopSignal;
import freshet.jobs.StreamJob;
import freshet.jobs.Topics;
import freshet.jobs.demo.Demo;
import freshet.jobs.demo.DemoFolder;
import freshet.jobs.demo.LiveLine;
import freshet.jobs.page.LivePage;
import freshet.operators.RobotSetup;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RobotOptions;
import freshet.simulators.Distractions;
import freshet.simulators.Task;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Robots that learn while one watches. Kafka, Flink and the model run in this process; the robots
 * in one of their own, which talks to them through the broker alone and ends with this one.
 */
public final class RobotDemo {

    /**
     * What the user chose.
     *
     * @param minutes how long the robots run
     * @param steps actions of each robot after which they stop; null: as many as they come to
     * @param robots from 1
     * @param hertz steps of each a second; 0: as fast as actions come
     * @param page serve the live page on a free port of this machine
     * @param verbose leave the logs where they are, on standard error
     */
    public record Choice(
            Path folder,
            Task.Name task,
            String distraction,
            double minutes,
            Long steps,
            int robots,
            double hertz,
            long seed,
            boolean page,
            boolean verbose) {}

    /** Enough for a pole on a plain ground; the other tasks and distractions need more. */
    private static final int FEW_PIXELS = 24;

    /** With fewer the learner against distraction falls ever further behind the robots. */
    private static final int STEPS_OF_A_LONG_UPDATE = 16;

    private static final String ROBOT = "robot";
    private static final List<String> ROBOTS_JAVA =
            List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final Duration ROBOTS_STOP = Duration.ofSeconds(20);
    private static final long DRAW_EVERY_MILLIS = 250;
    private static final long PRINT_EVERY_MILLIS = 5_000;

    private final Choice choice;
    private final Configuration settings;
    private final StopSignal stop;
    private final PrintWriter out;
    private final boolean terminal;
    private final IntSupplier columns;
    private final LiveLine live;
    private final RobotMeter meter = new RobotMeter();
    private final RobotFiles files;

    private RobotSetup setup;
    private KeptEpisodes episodes;
    private RobotReader reader;
    private LocalJob job;
    private SeparateProcess robots;
    private long startedMillis;
    private long shownMillis;

    /**
     * @param settings the user's own options, which go before the demo's
     * @param terminal whether lines can be drawn anew
     */
    public RobotDemo(
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
        files = new RobotFiles(returnsFile(), reportsFile());
    }

    /** Runs, shows and sums up, until the end or until stopped. */
    public void run() throws InterruptedException {
        Configuration config = configuration();
        setup = RobotOptions.robots(config).get(0).learner(); // a bad option stops here
        Distractions.named(choice.distraction());
        episodes = new KeptEpisodes(ROBOT + "-0", setup.model().behaviour().actions());
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
        config.set(FreshetOptions.PIPELINE, FreshetOptions.Pipeline.ROBOTS);
        boolean plain = Distractions.named(choice.distraction()).equals(Distractions.NONE);
        boolean pole = choice.task() == Task.Name.BALANCE || choice.task() == Task.Name.SWING_UP;
        if (plain && pole) {
            LocalDefaults.set(config, RobotOptions.PIXELS, FEW_PIXELS);
        }
        if (!plain) {
            LocalDefaults.set(
                    config, RobotOptions.RECIPE, RobotOptions.Recipe.SMALL_AGAINST_DISTRACTION);
            LocalDefaults.set(config, RobotOptions.STEPS_AN_UPDATE, STEPS_OF_A_LONG_UPDATE);
        }
        config.set(RobotOptions.ACTUATORS, Task.of(choice.task()).actuators());
        LocalDefaults.set(config, FreshetOptions.SEED, choice.seed());
        Demo.seenAtOnce(config); // nothing is killed here
        Demo.networkMemory(config, 256);
        LocalDefaults.fill(config, choice.folder());
        return config;
    }

    private void stream(EmbeddedKafka kafka, KafkaAccess access, Configuration config)
            throws InterruptedException {
        reader = new RobotReader(access, config, setup.modelName(), meter, episodes);
        reader.start();
        try {
            var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
            StreamJob.build(env, config, StreamJob.Branches.BOTH);
            job = LocalJob.start(env, "freshet demo robot");
            robots = SeparateProcess.start(ROBOTS_JAVA, robotsCommand(kafka, config), robotsLog());
            introduce(kafka);
            startedMillis = System.currentTimeMillis();
            untilTheEnd();
            finish(kafka);
        } finally {
            if (robots != null) {
                robots.close();
            }
            reader.close();
        }
    }

    private List<String> robotsCommand(EmbeddedKafka kafka, Configuration config) {
        List<String> command = new ArrayList<>(List.of("robots"));
        command.add("--bootstrap=" + kafka.bootstrapServers());
        command.add("--task=" + choice.task());
        command.add("--distraction=" + choice.distraction());
        command.add("--pixels=" + config.get(RobotOptions.PIXELS));
        command.add("--count=" + choice.robots());
        command.add("--name=" + ROBOT);
        command.add("--hz=" + choice.hertz());
        command.add("--seed=" + choice.seed());
        command.add("--first-episode=0");
        command.add("--episodes=" + returnsFile());
        command.add("--reports=" + reportsFile());
        if (choice.steps() != null) {
            command.add("--steps=" + choice.steps());
        }
        for (ConfigOption<String> topic :
                List.of(
                        RobotOptions.ROBOTS_TOPIC,
                        RobotOptions.ACTIONS_TOPIC,
                        FreshetOptions.CONTROL_TOPIC)) {
            command.add("-D" + topic.key() + "=" + config.get(topic));
        }
        return command;
    }

    private void introduce(EmbeddedKafka kafka) {
        live.say("Kafka at %s; Ctrl-C stops".formatted(kafka.bootstrapServers()));
        live.say(
                String.format(
                        Locale.ROOT,
                        "%d robots in process %d learn %s%s from %d x %d pixels, %s, for %s; the"
                                + " model begins with nothing",
                        choice.robots(),
                        robots.pid(),
                        choice.task(),
                        choice.distraction().equals("none")
                                ? ""
                                : " under %s distraction".formatted(choice.distraction()),
                        setup.frame().width(),
                        setup.frame().height(),
                        choice.hertz() == 0
                                ? "as fast as actions come"
                                : String.format(Locale.ROOT, "%.3g times a second", choice.hertz()),
                        Demo.clock((long) (60_000 * choice.minutes()))));
    }

    private void untilTheEnd() {
        long end = startedMillis + (long) (60_000 * choice.minutes());
        while (!stop.isWanted() && robots.isAlive() && System.currentTimeMillis() < end) {
            if (job.awaitEnd(DRAW_EVERY_MILLIS)) {
                throw new CommandFailure("the job ended by itself, see " + log());
            }
            if (reader.failure() != null) {
                throw reader.failure();
            }
            show(false);
        }
        if (!robots.isAlive() && robots.exitValue() != 0) {
            throw new CommandFailure(
                    "the robots ended with %d, see %s".formatted(robots.exitValue(), robotsLog()));
        }
    }

    private void show(boolean last) {
        long now = System.currentTimeMillis();
        if (!last && !terminal && now - shownMillis < PRINT_EVERY_MILLIS) {
            return;
        }
        shownMillis = now;
        files.read();
        live.show(parts(Demo.clock(now - startedMillis), files, meter));
    }

    /** The live line. */
    static List<String> parts(String time, RobotFiles files, RobotMeter meter) {
        List<String> parts = new ArrayList<>();
        parts.add(time);
        parts.add(text("%,d actions", meter.actions()));
        int count = files.episodes().size();
        parts.add(
                count == 0
                        ? "no episode yet"
                        : text(
                                "%,d episodes, newest returned %.1f of %d",
                                count, files.meanReturn(count - 1), files.most()));
        List<RobotMeter.Surprise> surprise = meter.surprise();
        if (!surprise.isEmpty()) {
            parts.add(text("surprise %.1f nats", surprise.get(surprise.size() - 1).nats()));
        }
        List<RobotFiles.Report> reports = files.reports();
        if (!reports.isEmpty()) {
            RobotFiles.Report newest = reports.get(reports.size() - 1);
            parts.add(
                    text(
                            "latency 5 s p50 %.1f p99 %.1f ms",
                            newest.newP50Millis(), newest.newP99Millis()));
            parts.add(text("missed 5 s (all) %,d (%,d)", files.newestMissed(), newest.missed()));
        }
        parts.add(
                meter.version() < 0
                        ? "model -"
                        : text("model v%d", meter.version())
                                + (meter.modelAgeMillis() < 0
                                        ? ""
                                        : text(" %.1f s old", meter.modelAgeMillis() / 1e3)));
        return parts;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private void finish(EmbeddedKafka kafka) {
        robots.stop(ROBOTS_STOP); // writes its last report
        long millis = System.currentTimeMillis() - startedMillis;
        show(true);
        live.say(stop.isWanted() ? "stopping ..." : "done; stopping the job with a savepoint ...");
        var savepoint = job.stop(choice.folder());
        reader.close();
        new RobotResults(files, meter, setup, choice.folder(), out, columns.getAsInt())
                .write(millis, episodes);
        out.printf("figures      %s, %s%n", returnsFile(), reportsFile());
        out.printf("topics       %s (freshet kafka --folder serves them)%n", kafka.folder());
        savepoint.ifPresent(path -> out.printf("savepoint    %s%n", path));
        out.printf("logs         %s, %s%n", log(), robotsLog());
        out.flush();
    }

    private Path log() {
        return choice.folder().resolve("demo.log");
    }

    private Path robotsLog() {
        return choice.folder().resolve("robots.log");
    }

    private Path returnsFile() {
        return choice.folder().resolve("returns.csv");
    }

    private Path reportsFile() {
        return choice.folder().resolve("reports.csv");
    }
}
