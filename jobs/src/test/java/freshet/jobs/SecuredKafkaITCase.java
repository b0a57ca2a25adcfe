package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.jobs.commands.TextPublisher;
import freshet.jobs.page.LivePage;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RoundOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import freshet.schemas.TextPrediction;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs and page on a broker that lets nobody do more than docs/security.md says. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SecuredKafkaITCase {

    /** All secrets of this test begin with it, so that one search finds any. */
    private static final String PLANTED = "planted-";

    /** A password by the environment has to be one that is in it already. */
    private static final String VARIABLE = "PATH";

    private static final long START = 1_700_000_000_000L;

    /** Before the first answer. */
    private static final int TEXTS = 50;

    private static final int SOURCES = 4;
    private static final int TEXTS_OF_A_SOURCE = 8;
    private static final long CLOSES_WITHIN_MILLIS = 30_000;
    private static final int ENDS_WITHIN_MILLIS = 120_000;

    @TempDir static Path folder;

    private static SecureKafka kafka;
    private static final Map<String, Map<String, String>> CLIENTS = new TreeMap<>();

    @BeforeAll
    static void start() throws Exception {
        Logs.toFile(folder.resolve("test.log"));
        Configurator.setRootLevel(Level.INFO); // where Kafka and Flink tell their settings
        String storePassword = PLANTED + "stores";
        kafka = SecureKafka.start(folder, storePassword, List.of("freshet-serve"));
        Configuration config = new Configuration();
        kafka.admin().createTopics(Topics.of(config, 1));

        // learn: a file for each value, as Kubernetes mounts secrets.
        kafka.addUser("freshet-learn", PLANTED + "learn");
        kafka.allow("freshet-learn", KafkaRights.of(config, StreamJob.Branches.LEARN));
        Path mounted = Files.createDirectories(folder.resolve("secrets/learn"));
        Files.writeString(
                mounted.resolve("sasl.jaas.config"),
                SecureKafka.jaas("freshet-learn", PLANTED + "learn"));
        CLIENTS.put(
                "learn",
                with(
                        kafka.passwordOptions("${directory:" + mounted + ":sasl.jaas.config}"),
                        "directory",
                        "DirectoryConfigProvider"));

        // serve: a certificate, whose store has a password in a file of properties.
        kafka.allow("freshet-serve", KafkaRights.of(config, StreamJob.Branches.SERVE));
        Path stores = folder.resolve("secrets/stores.properties");
        Files.writeString(stores, "password=" + storePassword + "\n");
        CLIENTS.put(
                "serve",
                with(
                        kafka.certificateOptions(
                                "freshet-serve", "${file:" + stores + ":password}"),
                        "file",
                        "FileConfigProvider"));

        // watch: a password within a longer value.
        kafka.addUser("freshet-watch", PLANTED + "watch");
        kafka.allow("freshet-watch", KafkaRights.of(config, StreamJob.Branches.WATCH));
        Path watch = folder.resolve("secrets/watch.properties");
        Files.writeString(watch, "password=" + PLANTED + "watch\n");
        CLIENTS.put(
                "watch",
                with(
                        kafka.passwordOptions(
                                SecureKafka.jaas(
                                        "freshet-watch", "${file:" + watch + ":password}")),
                        "file",
                        "FileConfigProvider"));

        // page: a password in the environment.
        kafka.addUser("freshet-page", System.getenv(VARIABLE));
        kafka.allow("freshet-page", KafkaRights.ofPage(config));
        CLIENTS.put(
                "page",
                with(
                        kafka.passwordOptions(
                                SecureKafka.jaas("freshet-page", "${env:" + VARIABLE + "}")),
                        "env",
                        "EnvVarConfigProvider"));
    }

    @AfterAll
    static void stopAndReadTheLog() throws IOException {
        kafka.close();
        Logs.silent();
        try (Stream<Path> logs = Files.list(folder)) {
            var said = new StringBuilder();
            for (Path log : logs.filter(one -> one.toString().contains("test.log")).toList()) {
                said.append(Files.readString(log));
            }
            assertThat(said).contains("sasl.jaas.config = [hidden]");
            noSecretIn("log", said.toString());
        }
    }

    private static Map<String, String> with(
            Map<String, String> options, String provider, String type) {
        Map<String, String> all = new TreeMap<>(options);
        all.put("config.providers", provider);
        all.put(
                "config.providers." + provider + ".class",
                "org.apache.kafka.common.config.provider." + type);
        return all;
    }

    private static String servers(String part) {
        return part.equals("serve") ? kafka.certificateServers() : kafka.passwordServers();
    }

    private static KafkaAccess access(String part) {
        return new KafkaAccess(servers(part), CLIENTS.get(part));
    }

    @Test
    void jobsAndPageWorkWithTheLeastRightsAndTellNoSecret() throws Exception {
        List<LocalJob> jobs = new ArrayList<>();
        var told = new StringBuilder();
        List<Integer> ports = new ArrayList<>();
        try {
            for (String part : List.of("learn", "serve", "watch")) {
                Configuration config = config(part, CLIENTS.get(part));
                ports.add(Integer.parseInt(config.toMap().get("rest.port")));
                var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
                StreamJob.build(env, config, branches(part));
                told.append(text(InstantiationUtil.serializeObject(env.getStreamGraph(false))));
                told.append(env.getStreamGraph(false).getStreamingPlanAsJSON());
                jobs.add(LocalJob.start(env, part));
            }
            spike();
            assertThat(askUntilLearned(jobs)).isPositive();
            awaitOne("alerts", jobs);
            awaitOne("deadletters", jobs);
            for (int port : ports) {
                told.append(rest(port));
            }
            told.append(page());
            assertThat(told).contains("freshet-learn", "to telemetry learn", "sasl.jaas.config");
            assertThat(LocalJob.newestState(folder.resolve("state"))).isPresent();
            assertThat(transactions()).hasSizeBetween(7, 30);
        } finally {
            jobs.forEach(LocalJob::cancel);
        }
        noAdminClientStays();
        noSecretIn("jobs, their interfaces and the page", told.toString());
        try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                noSecretIn(file.toString(), text(Files.readAllBytes(file)));
            }
        }
    }

    /**
     * Each sink has looked for open transactions by a client, which must go with it. Others, such
     * as the page's, may be about to be closed.
     */
    private static void noAdminClientStays() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("kafka-admin-client-thread | adminclient-")) {
                thread.join(CLOSES_WITHIN_MILLIS);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    /**
     * Brokers remember a transactional id for a week: each sink must use few of them again and
     * again, not a new one at each of its checkpoints, of which there have been dozens.
     */
    private static Collection<TransactionListing> transactions() throws Exception {
        try (Admin admin = Admin.create(kafka.admin().properties())) {
            return admin.listTransactions().all().get();
        }
    }

    private static void noSecretIn(String what, String text) {
        assertThat(text.contains(PLANTED)).as("a password in " + what).isFalse();
        assertThat(text.contains(System.getenv(VARIABLE))).as("a password in " + what).isFalse();
    }

    /** Bytes as they are, one character each. */
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static StreamJob.Branches branches(String part) {
        return StreamJob.Branches.valueOf(part.toUpperCase(Locale.ROOT));
    }

    private static Configuration config(String part, Map<String, String> client)
            throws IOException {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.bootstrap-servers", servers(part));
        client.forEach((key, value) -> settings.put("kafka.client." + key, value));
        settings.put("model.width", "32");
        settings.put("model.heads", "2");
        settings.put("memory.capacity", "1024");
        settings.put("memory.shards", "4");
        settings.put("memory.context-slots-log2", "14");
        settings.put("learning.publish-every-updates", "1");
        settings.put("delivery.predictions", "exactly-once"); // so that it needs its transactions
        settings.put("execution.checkpointing.interval", "200 ms");
        settings.put("restart-strategy.type", "none");
        settings.put("rest.port", String.valueOf(freePort()));
        Configuration config = Configuration.fromMap(settings);
        FreshetOptions.check(config);
        LocalDefaults.fill(config, folder.resolve("state").resolve(part));
        return config;
    }

    /** What a loss does that jumps, and a record that is none: watch has to write of both. */
    private static void spike() throws Exception {
        AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);
        try (KafkaProducer<byte[], byte[]> producer = kafka.admin().producer()) {
            for (int number = 1; number <= 430; number++) {
                double loss = (number >= 400 ? 8 : 3) + 0.1 * Math.sin(number);
                var point = new Measurement("lossNats", -1, -1, 1L, loss, loss, loss);
                var telemetry =
                        new Telemetry(
                                "other",
                                "learner",
                                (long) number,
                                1_000L,
                                List.of(point),
                                List.of(),
                                0);
                var unused =
                        producer.send(
                                new ProducerRecord<>("telemetry", null, codec.encode(telemetry)));
            }
            producer.send(new ProducerRecord<>("telemetry", null, new byte[] {1})).get();
        }
    }

    /** Texts of nobody in particular; reads the answers as the page does. */
    private static long askUntilLearned(List<LocalJob> jobs) {
        AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
        var version = new AtomicLong();
        try (var texts = new TextPublisher(kafka.admin(), "observations.text", "test", 0)) {
            for (int i = 0; i < TEXTS; i++) {
                send(texts);
            }
            // Answers become visible by checkpoints; each one read asks for one more.
            new TopicReader(access("page"), "predictions.text")
                    .follow(
                            true,
                            record -> {
                                allRun(jobs);
                                version.set(codec.decodeOwn(record.value()).getModelVersion());
                                send(texts);
                                return version.get() == 0;
                            });
        }
        return version.get();
    }

    private static void send(TextPublisher texts) {
        byte[] text =
                "The mill turns and the water runs over the stones. "
                        .repeat(8)
                        .getBytes(StandardCharsets.UTF_8);
        texts.send(text, START + 2_000 * texts.nextSequence());
        texts.flush();
    }

    private static void awaitOne(String topic, List<LocalJob> jobs) {
        allRun(jobs);
        new TopicReader(access("page"), topic).follow(true, record -> false);
    }

    private static void allRun(List<LocalJob> jobs) {
        for (LocalJob job : jobs) {
            assertThat(job.awaitEnd(1)).isFalse(); // throws if it failed
        }
    }

    /** What Flink's REST interface tells of configuration and jobs. */
    private static String rest(int port) throws IOException, InterruptedException {
        String base = "http://localhost:" + port;
        var told = new StringBuilder();
        for (String path :
                List.of("/jobmanager/config", "/jobmanager/environment", "/taskmanagers")) {
            told.append(get(base + path));
        }
        Matcher job = Pattern.compile("[0-9a-f]{32}").matcher(get(base + "/jobs"));
        assertThat(job.find()).isTrue();
        String id = job.group();
        for (String path : List.of("", "/config", "/plan", "/exceptions", "/checkpoints/config")) {
            told.append(get(base + "/jobs/" + id + path));
        }
        return told.toString();
    }

    private static String page() throws IOException, InterruptedException {
        Configuration config = config("page", CLIENTS.get("page"));
        try (var page = LivePage.start(access("page"), config, LivePage.Access.local())) {
            String told = get(page.url()) + get(page.url() + "about");
            var events =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create(page.url() + "events"))
                                            .build(),
                                    BodyHandlers.ofInputStream());
            byte[] first = events.body().readNBytes(4_096);
            events.body().close();
            return told + text(first);
        }
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void workersThatLearnAModelTogetherNeedNoMoreThanTheirRights() throws Exception {
        String password = PLANTED + "workers";
        Configuration config =
                config("learn", kafka.passwordOptions(SecureKafka.jaas("workers", password)));
        config.set(RoundOptions.WORKERS, 2);
        config.set(RoundOptions.BATCHES, 2);
        config.set(FreshetOptions.GROUP, "workers");
        config.set(FreshetOptions.TEXT_TOPIC, "workers.texts");
        config.set(FreshetOptions.MODELS_TOPIC, "workers.models");
        config.set(FreshetOptions.BOUNDED, true);
        LocalDefaults.fill(config, folder.resolve("workers"));
        kafka.admin().createTopics(Topics.of(config, 1));
        kafka.addUser("workers", password);
        kafka.allow("workers", KafkaRights.of(config, StreamJob.Branches.LEARN));
        for (int source = 0; source < SOURCES; source++) {
            String name = "source-" + source;
            try (var texts = new TextPublisher(kafka.admin(), "workers.texts", name, 0)) {
                for (int i = 0; i < TEXTS_OF_A_SOURCE; i++) {
                    send(texts);
                }
            }
        }
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        StreamJob.build(env, config, StreamJob.Branches.LEARN);
        assertThat(LocalJob.start(env, "workers").awaitEnd(ENDS_WITHIN_MILLIS)).isTrue();
        assertThat(kafka.admin().written("rounds")).isPositive();
        assertThat(kafka.admin().written("workers.models")).isGreaterThan(1);
    }

    @Test
    void nobodyWritesWhatIsNotHis() {
        refusedToWrite("serve", "models");
        refusedToWrite("serve", "control");
        refusedToWrite("learn", "predictions.text");
        refusedToWrite("watch", "models");
        refusedToWrite("page", "models");
        assertThatThrownBy(() -> access("watch").partitions("observations.text"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("may not use topic observations.text");
    }

    private static void refusedToWrite(String part, String topic) {
        try (KafkaProducer<byte[], byte[]> producer = access(part).producer()) {
            assertThatThrownBy(
                            () -> producer.send(new ProducerRecord<>(topic, new byte[] {1})).get())
                    .as("%s writes %s", part, topic)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void aWrongPasswordIsOneLineBeforeTheJob() throws IOException {
        String wrong = PLANTED + "wrong";
        Map<String, String> client =
                kafka.passwordOptions(SecureKafka.jaas("freshet-learn", wrong));
        assertThatThrownBy(() -> ApplicationJob.main(arguments("learn", client)))
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("Kafka at " + kafka.passwordServers())
                .hasMessageContaining("does not take user, password")
                .satisfies(
                        failure -> {
                            assertThat(failure.getMessage()).doesNotContain("\n");
                            noSecretIn("exception", trace(failure));
                        });
    }

    @Test
    void aCertificateOfSomebodyElseIsOneLineBeforeTheJob() throws Exception {
        Map<String, String> client = new TreeMap<>(CLIENTS.get("serve"));
        client.put("ssl.keystore.location", folder.resolve("keys/broker.p12").toString());
        assertThatThrownBy(() -> ApplicationJob.main(arguments("serve", client)))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("does not take user, password or certificate");
    }

    @Test
    void aMissingRightIsOneLineBeforeTheJob() {
        assertThatThrownBy(() -> ApplicationJob.main(arguments("learn", CLIENTS.get("watch"))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("may not use topic observations.text")
                .hasMessageContaining("docs/security.md");
    }

    /** A job that fails in the middle tells of Kafka, not of the password. */
    @Test
    void theExceptionOfAFailedJobTellsNoSecret() throws Exception {
        Map<String, String> client =
                kafka.passwordOptions(SecureKafka.jaas("freshet-learn", PLANTED + "wrong"));
        Configuration config = config("learn", client);
        config.setString("kafka.bootstrap-servers", kafka.passwordServers());
        LocalDefaults.fill(config, folder.resolve("failed"));
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        StreamJob.build(env, config, StreamJob.Branches.LEARN);
        assertThatThrownBy(() -> env.execute("fails"))
                .satisfies(
                        failure -> {
                            String trace = trace(failure);
                            assertThat(trace).contains("Authentication");
                            noSecretIn("exception", trace);
                        });
        noAdminClientStays(); // nor of a sink that could not begin
    }

    private static String trace(Throwable failure) {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static String[] arguments(String part, Map<String, String> client) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("kafka.bootstrap-servers: " + servers(part));
        client.forEach((key, value) -> lines.add("kafka.client.%s: '%s'".formatted(key, value)));
        Path file = Files.write(folder.resolve(part + ".yaml"), lines);
        return new String[] {"--branches", part, "--config", file.toString()};
    }
}
