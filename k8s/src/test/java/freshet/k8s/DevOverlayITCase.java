package freshet.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.jobs.ApplicationJob;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.LocalJob;
import freshet.jobs.Settings;
import freshet.jobs.TopicReader;
import freshet.jobs.Topics;
import freshet.jobs.commands.TextPublisher;
import freshet.pipelines.FreshetOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.TextPrediction;
import freshet.schemas.UndecodableRecordException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.client.program.StreamContextEnvironment;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.util.MiniClusterPipelineExecutorServiceLoader;
import org.apache.flink.test.util.MiniClusterWithClientResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Learn and serve as the dev overlay deploys them: its settings, arguments, entry class and Flink
 * configuration, the latter as a cluster in application mode gets it. Exchanged are the folders,
 * the broker and its security, ports, and what only Kubernetes can do (high availability by config
 * maps, the operator's own options).
 */
class DevOverlayITCase {

    private static final String TEXT =
            "The mill turns and the water runs over the stones under the bridge, number %d. ";

    @TempDir Path folder;

    private final List<ObjectNode> resources = Kustomization.render(Path.of("overlays", "dev"));

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void serveAnswersByWhatLearnHasPublished() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("broker"))) {
            var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            Path settings = writeSettings();
            Configuration ours =
                    new Settings(FreshetOptions.all()).read(Optional.of(settings), Map.of());
            kafka.createTopics(Topics.of(ours, 3));
            var cluster =
                    new MiniClusterWithClientResource(
                            new MiniClusterResourceConfiguration.Builder()
                                    .setConfiguration(flinkConfiguration("freshet-learn"))
                                    .setNumberTaskManagers(2)
                                    .setNumberSlotsPerTaskManager(1)
                                    .build());
            cluster.before();
            try {
                List<CompletableFuture<Void>> jobs = new ArrayList<>();
                for (String job : List.of("freshet-learn", "freshet-serve")) {
                    jobs.add(start(job, cluster, settings, broker.bootstrapServers()));
                }
                assertThat(askUntilLearned(kafka, ours, jobs)).isPositive();
                assertThat(LocalJob.newestState(folder.resolve("state/checkpoints"))).isPresent();
            } finally {
                cluster.after();
            }
        }
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

    private Configuration flinkConfiguration(String job) throws IOException {
        JsonNode configuration = job(job).at("/spec/flinkConfiguration");
        Configuration flink = new Configuration();
        configuration
                .properties()
                .forEach(
                        option -> {
                            if (!option.getKey().matches("(kubernetes|high-availability)\\..*")) {
                                flink.setString(
                                        option.getKey(),
                                        option.getValue()
                                                .asText()
                                                .replace(
                                                        "file:///state",
                                                        "file://" + folder + "/state"));
                            }
                        });
        assertThat(flink.keySet()).contains("execution.checkpointing.dir", "restart-strategy.type");
        flink.setString("taskmanager.rpc.port", "0");
        flink.setString("metrics.reporter.prom.port", String.valueOf(freePort()));
        return flink;
    }

    private JsonNode job(String name) {
        return Kustomization.find(resources, "FlinkDeployment", name).orElseThrow();
    }

    /** As Flink's entry point for application mode does, but into the cluster of this process. */
    private CompletableFuture<Void> start(
            String name, MiniClusterWithClientResource cluster, Path settings, String servers)
            throws IOException {
        JsonNode job = job(name).at("/spec/job");
        assertThat(job.get("entryClass").asText()).isEqualTo(ApplicationJob.class.getName());
        List<String> args = new ArrayList<>();
        for (JsonNode argument : job.get("args")) {
            args.add(
                    argument.asText()
                            .replace("/opt/freshet/settings/freshet.yaml", settings.toString()));
        }
        args.addAll(List.of("-D", "kafka.bootstrap-servers=" + servers));
        args.addAll(List.of("-D", "kafka.client.security.protocol=PLAINTEXT"));
        Configuration flink = flinkConfiguration(name);
        flink.setString("execution.target", MiniClusterPipelineExecutorServiceLoader.NAME);
        flink.setString("execution.attached", "true");
        return CompletableFuture.runAsync(
                () -> {
                    StreamContextEnvironment.setAsContext(
                            new MiniClusterPipelineExecutorServiceLoader(cluster.getMiniCluster()),
                            flink,
                            ApplicationJob.class.getClassLoader(),
                            true,
                            true);
                    try {
                        ApplicationJob.main(args.toArray(new String[0]));
                    } catch (Exception e) {
                        throw new IllegalStateException(name, e);
                    } finally {
                        StreamContextEnvironment.unsetAsContext();
                    }
                },
                task -> new Thread(task, name).start());
    }

    /** Publishes texts until one is answered by a version that was learned; returns its number. */
    private static long askUntilLearned(
            KafkaAccess kafka, Configuration settings, List<CompletableFuture<Void>> jobs)
            throws Exception {
        AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
        var version = new AtomicLong();
        String topic = settings.get(FreshetOptions.TEXT_TOPIC);
        try (var texts = new TextPublisher(kafka, topic, "test", 0)) {
            while (version.get() == 0) {
                for (CompletableFuture<Void> job : jobs) {
                    if (job.isDone()) {
                        job.get(); // tells why
                    }
                }
                byte[] text =
                        TEXT.formatted(texts.nextSequence())
                                .repeat(10)
                                .getBytes(StandardCharsets.UTF_8);
                texts.send(text, 1_700_000_000_000L + 2_000 * texts.nextSequence());
                texts.flush();
                new TopicReader(kafka, settings.get(FreshetOptions.PREDICTIONS_TOPIC))
                        .toTheEnd(
                                record -> {
                                    version.set(decode(codec, record.value()).getModelVersion());
                                    return version.get() == 0;
                                });
            }
        }
        return version.get();
    }

    private static TextPrediction decode(AvroCodec<TextPrediction> codec, byte[] value) {
        try {
            return codec.decode(value);
        } catch (UndecodableRecordException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
