package freshet.jobs.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Serves the page with the JDK's own HTTP server: the files of the page, its events, and orders.
 *
 * <p>Bounded: {@link #MAX_THREADS} requests at once, of which {@link EventStream#MAX_STREAMS} may
 * be open event streams; a body of at most {@link #MAX_BODY}. It logs nothing: neither addresses
 * nor tokens can leak.
 */
final class PageServer implements AutoCloseable {

    private static final int MAX_THREADS = 32;
    private static final int MAX_BODY = 8 << 10;
    private static final String FOLDER = "/freshet/jobs/page/";

    /** Nothing from elsewhere, nothing inline, no frame around it. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " img-src 'self'; form-action 'self'; base-uri 'none';"
                    + " frame-ancestors 'none'";

    /** Path, file and type of all that is served as it is. */
    private record PageFile(String file, String type) {}

    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final Map<String, PageFile> FILES =
            Map.of(
                    "/", new PageFile("index.html", "text/html; charset=utf-8"),
                    "/page.css", new PageFile("page.css", "text/css; charset=utf-8"),
                    "/page.js", new PageFile("page.js", SCRIPT),
                    "/sections.js", new PageFile("sections.js", SCRIPT),
                    "/samples.js", new PageFile("samples.js", SCRIPT),
                    "/charts.js", new PageFile("charts.js", SCRIPT),
                    "/orders.js", new PageFile("orders.js", SCRIPT),
                    "/words.js", new PageFile("words.js", SCRIPT),
                    "/icon.svg", new PageFile("icon.svg", "image/svg+xml"));

    private static final PageFile SIGN_IN =
            new PageFile("sign-in.html", "text/html; charset=utf-8");

    static {
        // Seconds for a request to come in; the server reads it once, when its class is loaded.
        System.setProperty("sun.net.httpserver.maxReqTime", "20");
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final PageGuard guard;
    private final EventStream events;
    private final PageOrders orders;

    /**
     * Starts; browsers are answered when this returns.
     *
     * @param address where to listen; port 0 for any free one
     * @param guards makes the guard once the port is known
     * @throws CommandFailure if the address cannot be had
     */
    PageServer(
            InetSocketAddress address,
            java.util.function.IntFunction<PageGuard> guards,
            EventStream events,
            PageOrders orders) {
        this.events = events;
        this.orders = orders;
        try {
            server = HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new CommandFailure(
                    "the page cannot listen at %s port %d: %s; choose another --port, or 0"
                            .formatted(address.getHostString(), address.getPort(), e.getMessage()),
                    e);
        }
        guard = guards.apply(port());
        threads =
                new ThreadPoolExecutor(
                        0,
                        MAX_THREADS,
                        10,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        task -> {
                            Thread thread = new Thread(task, "page");
                            thread.setDaemon(true);
                            return thread;
                        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            answer(exchange);
        } catch (RuntimeException e) {
            // One request failed; the connection is closed, and the page tries again.
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "same-origin");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
        String path = exchange.getRequestURI().getPath();
        boolean post = exchange.getRequestMethod().equals("POST");
        if (!post && !exchange.getRequestMethod().equals("GET")) {
            say(exchange, 405, "GET or POST");
            return;
        }
        var foreign = guard.foreign(exchange.getRequestHeaders()::getFirst, post, path.equals("/"));
        if (foreign.isPresent()) {
            say(exchange, foreign.get().status(), foreign.get().why());
        } else if (post && path.equals("/sign-in")) {
            signIn(exchange);
        } else if (!guard.isSignedIn(exchange.getRequestHeaders()::getFirst)) {
            refuseStranger(exchange, path);
        } else if (post && path.equals("/orders")) {
            orders.take(exchange, body(exchange));
        } else if (!post && path.equals("/about")) {
            orders.about(exchange);
        } else if (!post && path.equals("/events")) {
            events.serve(exchange);
        } else if (!post && FILES.containsKey(path)) {
            send(exchange, 200, FILES.get(path));
        } else {
            say(exchange, 404, "there is nothing here");
        }
    }

    /** A person gets the form, everything else one line. */
    private static void refuseStranger(HttpExchange exchange, String path) throws IOException {
        if (path.equals("/")) {
            send(exchange, 401, SIGN_IN);
        } else if (path.equals("/page.css") || path.equals("/icon.svg")) {
            send(exchange, 200, FILES.get(path)); // the form wears it too
        } else {
            say(exchange, 401, "the token is missing or wrong");
        }
    }

    private void signIn(HttpExchange exchange) throws IOException {
        Optional<byte[]> body = body(exchange);
        String form = new String(body.orElse(new byte[0]), StandardCharsets.UTF_8);
        if (!form.startsWith("token=")
                || !guard.isToken(
                        URLDecoder.decode(
                                form.substring("token=".length()), StandardCharsets.UTF_8))) {
            send(exchange, 401, SIGN_IN);
            return;
        }
        exchange.getResponseHeaders().set("Set-Cookie", guard.cookie());
        exchange.getResponseHeaders().set("Location", "/");
        exchange.sendResponseHeaders(303, -1);
    }

    /** Empty if it is too long. */
    private static Optional<byte[]> body(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
        return bytes.length > MAX_BODY ? Optional.empty() : Optional.of(bytes);
    }

    private static void send(HttpExchange exchange, int status, PageFile file) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", file.type());
        byte[] bytes = read(file.file());
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static byte[] read(String file) {
        try (InputStream in = PageServer.class.getResourceAsStream(FOLDER + file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void say(HttpExchange exchange, int status, String line) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Ends all streams; a browser looks for the page again by itself. */
    @Override
    public void close() {
        events.close();
        server.stop(0);
        threads.shutdownNow();
    }
}
