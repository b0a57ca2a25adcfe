package freshet.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import freshet.jobs.CommandFailure;
import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.FreshetOptions.Pipeline;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import freshet.schemas.Severity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page over HTTP, with requests byte by byte, as no browser would send some of them. */
class PageITCase {

    private static final String TOKEN = "a token of its own, long enough";

    @TempDir static Path folder;
    private static PageRun run;

    /** What came back: status line and headers, and the body. */
    private record Answer(int status, String headers, String body) {}

    @BeforeAll
    static void start() {
        run = new PageRun(folder.resolve("kafka"), Pipeline.TEXT, Optional.empty());
    }

    @AfterAll
    static void stop() {
        run.close();
    }

    @Test
    void thePageAndItsFilesAllowNothingFromElsewhere() throws IOException {
        for (String path :
                List.of(
                        "/",
                        "/page.css",
                        "/page.js",
                        "/charts.js",
                        "/sections.js",
                        "/samples.js",
                        "/orders.js",
                        "/words.js",
                        "/icon.svg")) {
            Answer answer = get(path);
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.headers())
                    .contains("default-src 'none'; script-src 'self'")
                    .containsIgnoringCase("x-content-type-options: nosniff")
                    .containsIgnoringCase("cache-control: no-store");
            assertThat(answer.body().replace("http://www.w3.org/2000/svg", ""))
                    .as(path)
                    .doesNotContain("http://", "https://", "style=\"", "onclick");
        }
        assertThat(get("/../freshet.yaml").status()).isEqualTo(404);
        assertThat(get("/sign-in.html").status()).isEqualTo(404);
    }

    @Test
    void aForeignNameOrOriginIsRefused() throws IOException {
        assertThat(send("GET / HTTP/1.1\r\nHost: evil.example\r\n", "").status()).isEqualTo(421);
        assertThat(
                        send(
                                        "GET /events HTTP/1.1\r\nHost: %s\r\nOrigin: http://evil.example\r\n"
                                                .formatted(run.host()),
                                        "")
                                .status())
                .isEqualTo(403);
        assertThat(send("PUT / HTTP/1.1\r\nHost: %s\r\n".formatted(run.host()), "").status())
                .isEqualTo(405);
    }

    @Test
    void anOrderFromAnotherSiteIsNotWrittenATrialFromThePageIs() throws Exception {
        String order =
                "{\"model\":\"text\",\"action\":\"scaleLearningRate\","
                        + "\"arguments\":{\"factor\":\"0.5\",\"steps\":\"0\"},\"dryRun\":true}";
        assertThat(order("http://evil.example", "application/json", order).status()).isEqualTo(403);
        assertThat(order("http://" + run.host(), "text/plain", order).status()).isEqualTo(415);
        assertThat(order("http://" + run.host(), "application/json", order.replace("0.5", "-1")))
                .satisfies(
                        refused -> {
                            assertThat(refused.status()).isEqualTo(400);
                            assertThat(refused.body()).contains("factor is '-1'");
                        });
        assertThat(order("http://" + run.host(), "application/json", "x".repeat(9_000)).status())
                .isEqualTo(400);
        assertThat(commands()).isEmpty();

        Answer taken = order("http://" + run.host(), "application/json", order);
        assertThat(taken.status()).isEqualTo(202);
        List<ControlCommand> written = commands();
        assertThat(written).hasSize(1);
        assertThat(taken.body()).contains(written.get(0).getCommandId());
        assertThat(written.get(0).getDryRun()).isTrue();
        assertThat(written.get(0).getAction()).isEqualTo("scaleLearningRate");
        assertThat(written.get(0).getArguments())
                .containsEntry("factor", "0.5")
                .containsEntry("steps", "0");
        assertThat(written.get(0).getIssuedBy()).startsWith("page of ");
    }

    @Test
    void whatComesIsInTheEventsAndALateBrowserGetsAllAtOnce() throws IOException {
        long now = System.currentTimeMillis();
        for (int i = 1; i <= 60; i++) {
            run.telemetry(now, PageRecords.learner("text", i, now, 3, head -> 0.6));
            run.answer(now, "book", PageRecords.answer("text", "book", i, now, i, 2.5));
        }
        run.deadLetter(now, "TOO_LONG", "text has 70000 bytes, at most 65536");
        run.alert(
                now, PageRecords.alert("key", "text", Severity.PAGE, false, now, "heads collapse"));
        JsonNode verdict = event("verdict", data -> data.path("model").asText().equals("text"));
        assertThat(verdict.get("what").asText()).isEqualTo("heads collapse");
        int heads = PageRecords.LAYERS * PageRecords.HEADS;
        event("learning", data -> data.path("models").path("text").path("heads").size() == heads);
        event("deadletters", data -> data.path("counts").path("TOO_LONG").asInt() == 1);
        // Another connection, later: its first events are what is known already.
        assertThat(event("deadletters", data -> true).get("counts").get("TOO_LONG").asInt())
                .isEqualTo(1);
        run.alert(now, PageRecords.alert("key", "text", Severity.PAGE, true, now, "over"));
        event("verdict", data -> data.path("level").asText().equals("ok"));
    }

    @Test
    void withATokenNothingIsToldWithoutIt() throws IOException {
        var access = new LivePage.Access(LivePage.LOOPBACK, 0, Optional.of(TOKEN), Set.of());
        try (var guarded = LivePage.start(run.kafka, run.config, access)) {
            String host = guarded.url().replaceFirst("http://", "").replace("/", "");
            int port = Integer.parseInt(host.substring(host.indexOf(':') + 1));
            assertThat(send(port, "GET / HTTP/1.1\r\nHost: %s\r\n".formatted(host), ""))
                    .satisfies(
                            form -> {
                                assertThat(form.status()).isEqualTo(401);
                                assertThat(form.body()).contains("<form", "sign-in");
                            });
            for (String path : List.of("/events", "/about", "/page.js")) {
                assertThat(
                                send(
                                                port,
                                                "GET %s HTTP/1.1\r\nHost: %s\r\n"
                                                        .formatted(path, host),
                                                "")
                                        .status())
                        .as(path)
                        .isEqualTo(401);
            }
            String post = "POST /orders HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n";
            assertThat(send(port, post.formatted(host, host), "{}").status()).isEqualTo(401);
            String signIn = "POST /sign-in HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n";
            Answer wrong = send(port, signIn.formatted(host, host), "token=wrong");
            assertThat(wrong.status()).isEqualTo(401);
            assertThat(wrong.headers()).doesNotContainIgnoringCase("set-cookie");
            assertThat(
                            send(port, signIn.formatted(host, "evil.example"), "token=" + TOKEN)
                                    .status())
                    .isEqualTo(403);
            Answer right =
                    send(
                            port,
                            signIn.formatted(host, host),
                            "token=" + TOKEN.replace(" ", "+").replace(",", "%2C"));
            assertThat(right.status()).isEqualTo(303);
            String cookie =
                    right.headers()
                            .lines()
                            .filter(
                                    line ->
                                            line.toLowerCase(java.util.Locale.ROOT)
                                                    .startsWith("set-cookie"))
                            .findFirst()
                            .orElseThrow()
                            .replaceFirst("(?i)set-cookie: ", "")
                            .replaceFirst(";.*", "");
            assertThat(
                            send(
                                            port,
                                            "GET /about HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n"
                                                    .formatted(host, cookie),
                                            "")
                                    .status())
                    .isEqualTo(200);
            assertThat(
                            send(
                                            port,
                                            "GET /about HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"
                                                    .formatted(host, TOKEN),
                                            "")
                                    .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void withoutATokenItListensOnLoopbackAlone() {
        var open = new LivePage.Access("0.0.0.0", 0, Optional.empty(), Set.of());
        assertThatThrownBy(() -> LivePage.start(run.kafka, run.config, open))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("token");
    }

    private static Answer get(String path) throws IOException {
        return send("GET %s HTTP/1.1\r\nHost: %s\r\n".formatted(path, run.host()), "");
    }

    private static Answer order(String origin, String type, String body) throws IOException {
        return send(
                "POST /orders HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: %s\r\n"
                        .formatted(run.host(), origin, type),
                body);
    }

    private static Answer send(String head, String body) throws IOException {
        return send(run.port(), head, body);
    }

    private static Answer send(int port, String head, String body) throws IOException {
        try (var socket = new Socket(LivePage.LOOPBACK, port)) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            String request =
                    head + "Connection: close\r\nContent-Length: " + bytes.length + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(bytes);
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int end = answer.indexOf("\r\n\r\n");
            return new Answer(
                    Integer.parseInt(answer.substring(9, 12)),
                    answer.substring(0, end),
                    answer.substring(end + 4));
        }
    }

    /** Reads events of a connection of its own until one fits; HTTP 1.0 knows no chunks. */
    private static JsonNode event(String name, Predicate<JsonNode> fits) throws IOException {
        try (var socket = new Socket(LivePage.LOOPBACK, run.port())) {
            socket.getOutputStream()
                    .write(
                            "GET /events?window=minutes HTTP/1.0\r\nHost: %s\r\n\r\n"
                                    .formatted(run.host())
                                    .getBytes(StandardCharsets.UTF_8));
            var lines =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            boolean named = false;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    named = line.equals("event: " + name);
                } else if (named && line.startsWith("data: ")) {
                    JsonNode data = new ObjectMapper().readTree(line.substring("data: ".length()));
                    if (fits.test(data)) {
                        return data;
                    }
                }
            }
            throw new IOException("the events ended");
        }
    }

    private static List<ControlCommand> commands() {
        List<ControlCommand> commands = new ArrayList<>();
        new TopicReader(run.kafka, run.config.get(FreshetOptions.CONTROL_TOPIC))
                .toTheEnd(
                        record -> {
                            return commands.add(
                                    AvroCodec.of(ControlCommand.class).decodeOwn(record.value()));
                        });
        return commands;
    }
}
