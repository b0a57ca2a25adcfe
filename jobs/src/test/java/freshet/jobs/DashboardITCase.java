package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.FreshetOptions.Pipeline;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard asks for nothing that no pipeline reports. */
class DashboardITCase {

    private static final Path DASHBOARD = Path.of("..", "k8s", "grafana", "freshet.json");
    private static final Pattern SELECTOR = Pattern.compile("(flink_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)=~\"([^\"]*)\"");
    private static final long LOOK_EVERY_MILLIS = 50;

    @TempDir Path folder;

    @Test
    void eachPanelsMetricsAreReported() throws Exception {
        List<String> reported = new ArrayList<>();
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
            for (Pipeline pipeline : Pipeline.values()) {
                reported.addAll(reportedBy(pipeline, broker.bootstrapServers()));
            }
        }
        var missing = new TreeSet<String>();
        int selectors = 0;
        for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                Matcher selector = SELECTOR.matcher(target.get("expr").asText());
                boolean any = false;
                while (selector.find()) {
                    any = true;
                    selectors++;
                    if (reported.stream().noneMatch(line -> matches(line, selector))) {
                        missing.add(panel.get("title").asText() + ": " + selector.group());
                    }
                }
                assertThat(any).as("metric of %s", panel.get("title")).isTrue();
            }
        }
        assertThat(missing).isEmpty();
        assertThat(selectors).isGreaterThanOrEqualTo(20);
    }

    /** Whether a line of the reporter's answer has the selector's name and labels. */
    private static boolean matches(String line, Matcher selector) {
        if (!line.startsWith(selector.group(1) + "{")) {
            return false;
        }
        Matcher label = MATCHER.matcher(selector.group(2) == null ? "" : selector.group(2));
        while (label.find()) {
            String wanted = "%s=\"(?:%s)\"".formatted(label.group(1), label.group(2));
            if (!Pattern.compile("[{,]" + wanted + "[,}]").matcher(line).find()) {
                return false;
            }
        }
        return true;
    }

    /** Runs the pipeline until each of its tasks runs, and reads what it reports. */
    private List<String> reportedBy(Pipeline pipeline, String servers) throws Exception {
        int port = freePort();
        Map<String, String> settings = new TreeMap<>();
        settings.put("pipeline", pipeline.name());
        settings.put("kafka.bootstrap-servers", servers);
        settings.put("kafka.group", pipeline.name());
        settings.put(
                "metrics.reporter.prom.factory.class",
                "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
        settings.put("metrics.reporter.prom.port", String.valueOf(port));
        settings.put("execution.checkpointing.interval", "50 ms");
        Configuration config = Configuration.fromMap(settings);
        FreshetOptions.check(config);
        new KafkaAccess(servers, Map.of()).createTopics(Topics.of(config, 1));
        Path state = folder.resolve(pipeline.name());
        LocalDefaults.fill(config, state);
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        StreamJob.build(env, config, StreamJob.Branches.BOTH);
        LocalJob job = LocalJob.start(env, pipeline.name());
        try {
            // A checkpoint is complete when every task has run.
            while (LocalJob.newestState(state).isEmpty()) {
                assertThat(job.awaitEnd(LOOK_EVERY_MILLIS)).isFalse();
            }
            return read(port);
        } finally {
            job.cancel();
        }
    }

    private static List<String> read(int port) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://localhost:%d/metrics".formatted(port)));
        return HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.ofLines())
                .body()
                .toList();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
