package freshet.jobs.page;

import com.sun.net.httpserver.HttpExchange;
import freshet.jobs.page.Timeline.Window;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Server-sent events: to each browser, twice a second, the sections that have changed since it was
 * last sent them, whole. There is no queue: a browser that reads slowly is sent fewer states, not
 * older ones.
 */
final class EventStream implements AutoCloseable {

    static final int MAX_STREAMS = 16;
    private static final long LOOK_EVERY_MILLIS = 500;
    private static final int QUIET_LOOKS = 20;
    private static final String WINDOW = "window=";

    private final PageState state;
    private final Semaphore places = new Semaphore(MAX_STREAMS);
    private final CountDownLatch stopped = new CountDownLatch(1);

    EventStream(PageState state) {
        this.state = state;
    }

    /** Goes on until the browser leaves or {@link #close}. */
    void serve(HttpExchange exchange) throws IOException {
        if (!places.tryAcquire()) {
            PageServer.say(
                    exchange, 503, "%d browsers look already, that is all".formatted(MAX_STREAMS));
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            stream(exchange.getResponseBody(), window(exchange.getRequestURI().getQuery()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            places.release();
        }
    }

    /** An unknown one is the shortest. */
    private static Window window(String query) {
        if (query != null && query.startsWith(WINDOW)) {
            String name = query.substring(WINDOW.length()).toUpperCase(Locale.ROOT);
            for (Window window : Window.values()) {
                if (window.name().equals(name)) {
                    return window;
                }
            }
        }
        return Window.MINUTES;
    }

    private void stream(OutputStream out, Window window) throws IOException, InterruptedException {
        Map<String, Long> sent = new HashMap<>();
        write(out, "retry: 2000\n\n");
        int quiet = 0;
        do {
            boolean said = false;
            for (String name : state.sections()) {
                PageState.Sent now = state.json(name, window);
                Long before = sent.put(name, now.version());
                if (before == null || before != now.version()) {
                    write(out, "event: " + name + "\ndata: ");
                    out.write(now.json());
                    write(out, "\n\n");
                    said = true;
                }
            }
            quiet = said ? 0 : quiet + 1;
            if (quiet == QUIET_LOOKS) {
                write(out, ": nothing new\n\n"); // finds out whether somebody is still there
                quiet = 0;
            }
            out.flush();
        } while (!stopped.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS));
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
