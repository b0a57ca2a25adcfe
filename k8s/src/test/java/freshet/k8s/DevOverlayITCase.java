package freshet.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.jobs.KafkaAccess;
import freshet.jobs.LocalJob;
import freshet.jobs.SeparateProcess;
import freshet.jobs.TopicReader;
import freshet.jobs.commands.TextPublisher;
import freshet.schemas.AvroCodec;
import freshet.schemas.TextPrediction;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Learn and serve with the settings and the Flink configuration of the dev overlay, on a cluster of
 * several processes that is started as users start it. Exchanged are the folders, the broker and
 * its security, ports, and what only Kubernetes can do: high availability by config maps, the
 * options of the JVM, the operator's own.
 */
class DevOverlayITCase {

    private static final Pattern OF_KUBERNETES =
            Pattern.compile(
                    "(kubernetes|high-availability|env\\.java)\\..*|taskmanager\\.rpc\\.port");

    private static final Path JOBS = Path.of("..", "jobs", "target");

    private static final int TEXTS = 40; // enough for some updates

    @TempDir Path folder;

    private final List<ObjectNode> resources = Kustomization.render(Path.of("overlays", "dev"));

    @AfterEach
    void down() throws Exception {
        freshet("cluster", "down", "--forget");
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void serveAnswersByWhatLearnHasPublished() throws Exception {
        Path settings = writeSettings();
        List<String> up = new ArrayList<>(List.of("cluster", "up", "--task-managers=1"));
        up.addAll(List.of("--slots=2", "--task-manager-memory=2800"));
        flinkConfiguration().forEach((key, value) -> up.add("-D" + key + "=" + value));
        String said = freshet(up.toArray(String[]::new));
        Matcher servers = Pattern.compile("Kafka answers at (\\S+)").matcher(said);
        assertThat(servers.find()).as(said).isTrue();
        for (String branch : List.of("learn", "serve")) {
            assertThat(
                            freshet(
                                    "cluster",
                                    "submit",
                                    "--branches=" + branch,
                                    "--config=" + settings,
                                    "--partitions=1", // else empty ones hold back the others
                                    "-Dkafka.client.security.protocol=PLAINTEXT",
                                    "-Dmodel.width=32", // quick to learn
                                    "-Dmodel.heads=2",
                                    "-Dlearning.publish-every-updates=1"))
                    .contains("is with Flink");
        }
        assertThat(askUntilLearned(new KafkaAccess(servers.group(1), Map.of()))).isPositive();
        freshet("cluster", "down");
        assertThat(LocalJob.newestState(folder.resolve("state/checkpoints"))).isPresent();
    }

    /** The config map's file, with a secret where the pods would have it. */
    private Path writeSettings() throws IOException {
        String text =
                Kustomization.find(resources, "ConfigMap", "freshet-settings")
                        .orElseThrow()
                        .at("/data/freshet.yaml")
                        .asText();
        assertThat(text).contains("/opt/freshet/kafka");
        Path secret = Files.createDirectories(folder.resolve("kafka")).resolve("sasl.jaas.config");
        Files.writeString(secret, "not used");
        return Files.writeString(
                folder.resolve("freshet.yaml"), text.replace("/opt/freshet", folder.toString()));
    }

    private Map<String, String> flinkConfiguration() {
        Map<String, String> flink = new TreeMap<>();
        Kustomization.find(resources, "FlinkDeployment", "freshet-learn")
                .orElseThrow()
                .at("/spec/flinkConfiguration")
                .properties()
                .forEach(option -> flink.put(option.getKey(), option.getValue().asText()));
        flink.keySet().removeIf(OF_KUBERNETES.asMatchPredicate());
        flink.replaceAll(
                (key, value) -> value.replace("file:///state", "file://" + folder + "/state"));
        assertThat(flink).containsKeys("execution.checkpointing.dir", "restart-strategy.type");
        flink.put("taskmanager.numberOfTaskSlots", "2"); // of learn's and serve's pods
        flink.put("metrics.reporter.prom.port", "0");
        return flink;
    }

    /** A process as the {@code freshet} script starts it; returns what it says. */
    private String freshet(String... arguments) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(SeparateProcess.FLINK_OPENS);
        options.addAll(List.of("-cp", classPath()));
        List<String> command = new ArrayList<>(List.of("freshet.jobs.Freshet"));
        command.addAll(List.of(arguments));
        command.add("--folder=" + folder.resolve("cluster"));
        JavaProcess ended = JavaProcess.run(options, command);
        assertThat(ended.exit()).as(ended.said()).isZero();
        return ended.said();
    }

    private static String classPath() throws IOException {
        return JOBS.resolve("freshet-jobs-0.1.0-SNAPSHOT.jar").toAbsolutePath()
                + File.pathSeparator
                + Files.readString(JOBS.resolve("classpath")).strip();
    }

    /** Publishes texts until one is answered by a version that was learned; returns its number. */
    private static long askUntilLearned(KafkaAccess kafka) {
        AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
        var version = new AtomicLong();
        try (var texts = new TextPublisher(kafka, "observations.text", "test", 0)) {
            for (int i = 0; i < TEXTS; i++) {
                send(texts);
            }
            new TopicReader(kafka, "predictions.text")
                    .follow(
                            true,
                            record -> {
                                version.set(codec.decodeOwn(record.value()).getModelVersion());
                                send(texts); // each answer asks once more
                                return version.get() == 0;
                            });
        }
        return version.get();
    }

    private static void send(TextPublisher texts) {
        String text = "The mill turns, and water runs under the bridge. ".repeat(10);
        texts.send(
                text.getBytes(StandardCharsets.UTF_8),
                1_700_000_000_000L + 2_000 * texts.nextSequence());
        texts.flush();
    }
}
