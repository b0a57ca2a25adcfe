package freshet.operators;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts JSON on a thread of its own, one after the other; who hands it over never waits. What is
 * not taken is tried again after growing pauses, unless the answer says that it is no use. If the
 * queue is full, the oldest goes. Nothing of it is state: the alerts topic is where all are kept.
 */
final class WebhookSender implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;

    private final WebhookSettings settings;
    private final String secret; // null: none
    private final HttpClient client;
    private final Thread thread;
    private final Deque<String> queue = new ArrayDeque<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private boolean closed;

    /**
     * @param environment gives an environment variable, null if it is not set
     * @throws IllegalStateException if the variable of the secret is not set
     */
    WebhookSender(WebhookSettings settings, UnaryOperator<String> environment) {
        this.settings = settings;
        secret =
                settings.secretVariable().isEmpty()
                        ? null
                        : environment.apply(settings.secretVariable());
        if (!settings.secretVariable().isEmpty() && (secret == null || secret.isBlank())) {
            throw new IllegalStateException(
                    "environment variable %s, the webhook's secret, is not set"
                            .formatted(settings.secretVariable()));
        }
        client =
                HttpClient.newBuilder()
                        .connectTimeout(settings.timeout())
                        // The secret must not follow to where somebody else points.
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
        thread = new Thread(this::run, "alert webhook");
        thread.setDaemon(true);
        thread.start();
    }

    /** Hands over one body; returns at once. */
    void offer(String json) {
        synchronized (queue) {
            if (queue.size() == settings.queue()) {
                queue.removeFirst();
                dropped.incrementAndGet();
            }
            queue.addLast(json);
            queue.notifyAll();
        }
    }

    /** Taken by the other side. */
    long sent() {
        return sent.get();
    }

    /** Gone because the queue was full. */
    long dropped() {
        return dropped.get();
    }

    /** Given up after all attempts. */
    long failed() {
        return failed.get();
    }

    int waiting() {
        synchronized (queue) {
            return queue.size();
        }
    }

    private void run() {
        try {
            while (true) {
                String json = take();
                if (json == null) {
                    return;
                }
                if (post(json)) {
                    sent.incrementAndGet();
                } else {
                    failed.incrementAndGet();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private String take() throws InterruptedException {
        synchronized (queue) {
            while (queue.isEmpty() && !closed) {
                queue.wait();
            }
            return closed ? null : queue.removeFirst();
        }
    }

    private boolean post(String json) throws InterruptedException {
        Duration pause = settings.firstPause();
        String problem = "";
        for (int attempt = 1; attempt <= settings.attempts(); attempt++) {
            if (attempt > 1) {
                Thread.sleep(pause.toMillis());
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
            }
            try {
                HttpResponse<Void> answer =
                        client.send(request(json), HttpResponse.BodyHandlers.discarding());
                int status = answer.statusCode();
                if (status / 100 == 2) {
                    return true;
                }
                problem = "status " + status;
                if (status / 100 != 5 && status != REQUEST_TIMEOUT && status != TOO_MANY_REQUESTS) {
                    break; // it would say the same again
                }
            } catch (IOException e) {
                problem = e.getClass().getSimpleName() + " " + e.getMessage();
            }
        }
        LOG.warn("webhook at {} does not take alerts: {}", settings.url().getHost(), problem);
        return false;
    }

    private HttpRequest request(String json) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(settings.url())
                        .timeout(settings.timeout())
                        .header("Content-Type", "application/json; charset=utf-8")
                        .POST(HttpRequest.BodyPublishers.ofString(json));
        if (secret != null) {
            request.header("Authorization", "Bearer " + secret);
        }
        return request.build();
    }

    /** What waits is given up: it is in the alerts topic. */
    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
            queue.notifyAll();
        }
        thread.interrupt();
    }
}
