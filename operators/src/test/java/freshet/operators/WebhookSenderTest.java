package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookSenderTest {

    private static final long PATIENCE_SECONDS = 60;

    /** What the server got: secret and body. */
    private final BlockingQueue<List<String>> requests = new LinkedBlockingQueue<>();

    private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext(
                "/hook",
                exchange -> {
                    String body =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    String secret = exchange.getRequestHeaders().getFirst("Authorization");
                    requests.add(List.of(String.valueOf(secret), body));
                    try {
                        exchange.sendResponseHeaders(answers.take(), -1);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private WebhookSender sender(int queue, int attempts, String variable, Duration timeout) {
        URI url = URI.create("http://localhost:%d/hook".formatted(server.getAddress().getPort()));
        var settings =
                new WebhookSettings(url, variable, queue, attempts, Duration.ofMillis(1), timeout);
        return new WebhookSender(settings, name -> name.equals("HOOK") ? "s3cret" : null);
    }

    private WebhookSender sender(int queue) {
        return sender(queue, 5, "HOOK", Duration.ofSeconds(PATIENCE_SECONDS));
    }

    private List<String> request() throws InterruptedException {
        return requests.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void whatFailsIsTriedAgainWithTheSecret() throws Exception {
        answers.addAll(List.of(500, 503, 200, 200));
        try (var sender = sender(10)) {
            sender.offer("first");
            sender.offer("second");
            for (String body : List.of("first", "first", "first", "second")) {
                assertThat(request()).containsExactly("Bearer s3cret", body);
            }
        }
    }

    @Test
    void whatIsRefusedForGoodIsNotTriedAgain() throws Exception {
        answers.addAll(List.of(403, 200));
        try (var sender = sender(10)) {
            sender.offer("first");
            sender.offer("second");
            assertThat(request()).contains("first");
            assertThat(request()).contains("second");
            assertThat(sender.failed()).isEqualTo(1);
        }
    }

    @Test
    void aSlowServerHoldsNobodyUpAndTheOldestGoes() throws Exception {
        try (var sender = sender(2)) {
            sender.offer("0");
            assertThat(request()).contains("0"); // it is not answered yet
            for (int i = 1; i <= 5; i++) {
                sender.offer(String.valueOf(i)); // returns
            }
            assertThat(sender.dropped()).isEqualTo(3);
            assertThat(sender.waiting()).isEqualTo(2);
            answers.addAll(List.of(200, 200, 200));
            assertThat(request()).contains("4");
            assertThat(request()).contains("5");
        }
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() throws Exception {
        try (var sender = sender(10, 2, "", Duration.ofMillis(50))) {
            sender.offer("first");
            sender.offer("second");
            assertThat(request()).containsExactly("null", "first");
            assertThat(request()).contains("first");
            assertThat(request()).contains("second");
            assertThat(sender.failed()).isEqualTo(1);
        }
    }

    @Test
    void closingDoesNotWait() throws Exception {
        var sender = sender(10);
        sender.offer("first");
        assertThat(request()).contains("first");
        sender.close();
        sender.close();
        assertThat(sender.sent()).isZero();
    }

    @Test
    void aSecretThatIsNotSetStopsTheStartAndIsNamed() {
        assertThatThrownBy(() -> sender(1, 1, "NOT_SET", Duration.ofSeconds(1)))
                .hasMessageContaining("NOT_SET");
    }

    @Test
    void theJsonIsWhatTheDocumentSays() {
        var alert = new AlertRecord();
        alert.dedupeKey = "LOSS/text";
        alert.rule = "LOSS";
        alert.severity = "HIGH";
        alert.modelName = "text";
        alert.modelVersion = 41;
        alert.lastGoodVersion = 32;
        alert.eventTimeMillis = 1_700_000_000_000L;
        alert.part = "learner";
        alert.number = 43;
        alert.message = "the \"loss\" has\njumped";
        alert.names = new String[] {"lossNats", "logZ"};
        alert.layers = new int[] {-1, 0};
        alert.heads = new int[] {-1, 2};
        alert.values = new double[] {9.5, Double.NaN};
        alert.firsts = new String[] {"mill/12", "quay/3"};
        alert.lasts = new String[] {"mill/15", "quay/3"};
        alert.recordsLeftOut = 2;
        assertThat(AlertJson.of(alert))
                .isEqualTo(
                        "{\"dedupeKey\":\"LOSS/text\",\"rule\":\"LOSS\",\"severity\":\"HIGH\","
                                + "\"resolved\":false,\"modelName\":\"text\",\"modelVersion\":41,"
                                + "\"lastGoodVersion\":32,\"eventTimeMillis\":1700000000000,"
                                + "\"part\":\"learner\",\"number\":43,"
                                + "\"message\":\"the \\\"loss\\\" has\\u000ajumped\",\"evidence\":["
                                + "{\"name\":\"lossNats\",\"layer\":-1,\"head\":-1,\"value\":9.5},"
                                + "{\"name\":\"logZ\",\"layer\":0,\"head\":2,\"value\":null}],"
                                + "\"records\":[{\"first\":\"mill/12\",\"last\":\"mill/15\"},"
                                + "{\"first\":\"quay/3\",\"last\":\"quay/3\"}],"
                                + "\"recordsLeftOut\":2}");
    }
}
