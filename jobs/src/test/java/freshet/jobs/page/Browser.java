package freshet.jobs.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Chromium without a screen, driven by W3C WebDriver, which is JSON over HTTP: a library for it
 * would bring some thirty others.
 */
final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
    private static final int PATIENCE_MILLIS = 60_000;

    /** What the driver says when another has the port that it drew. */
    private static final String PORT_TAKEN = "port not available";

    private static final int DRAWS = 50;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Driver driver;
    private final String session;

    /** Where the browser and its driver are, if both are installed. */
    record Installed(Path browser, Path driver) {}

    static Optional<Installed> find() {
        Optional<Path> browser = onPath("chromium").or(() -> onPath("chromium-browser"));
        Optional<Path> driver = onPath("chromedriver");
        return browser.isPresent() && driver.isPresent()
                ? Optional.of(new Installed(browser.get(), driver.get()))
                : Optional.empty();
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * @param profile an empty folder of its own
     */
    Browser(Installed installed, Path profile) throws IOException, InterruptedException {
        this(installed, profile, 16);
    }

    /**
     * @param letters height of letters that a person asks for, CSS pixels; 16 is usual
     */
    Browser(Installed installed, Path profile, int letters)
            throws IOException, InterruptedException {
        driver = start(installed.driver());
        ObjectNode wanted = JSON.createObjectNode();
        ObjectNode always = wanted.putObject("capabilities").putObject("alwaysMatch");
        always.putObject("goog:loggingPrefs").put("performance", "ALL").put("browser", "ALL");
        ObjectNode options = always.putObject("goog:chromeOptions");
        options.put("binary", installed.browser().toString());
        options.putObject("prefs").put("webkit.webprefs.default_font_size", letters);
        var arguments = options.putArray("args");
        for (String argument :
                List.of(
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-dev-shm-usage",
                        "--user-data-dir=" + profile)) {
            arguments.add(argument);
        }
        session = call("POST", driver.url() + "/session", wanted).path("sessionId").asText();
        call("POST", "/timeouts", JSON.createObjectNode().put("script", PATIENCE_MILLIS));
    }

    private record Driver(Process process, String url) {}

    /**
     * Asked for any port, the driver draws one that is free for IPv6 and ends if another program
     * has the same number for IPv4: then it is to draw again.
     */
    private static Driver start(Path program) throws IOException {
        List<String> said = new ArrayList<>();
        for (int i = 0; i < DRAWS; i++) {
            Process process =
                    new ProcessBuilder(program.toString(), "--port=0")
                            .redirectErrorStream(true)
                            .start();
            var lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
            said.clear();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher port = PORT.matcher(line);
                if (port.find()) {
                    return new Driver(process, "http://127.0.0.1:" + port.group(1));
                }
                said.add(line);
            }
            if (said.stream().noneMatch(line -> line.contains(PORT_TAKEN))) {
                break;
            }
        }
        throw new IOException("chromedriver ended before it was ready, and said " + said);
    }

    /** Goes on as if newly started, but for what the profile keeps: in a tab of its own. */
    void anew() throws IOException, InterruptedException {
        JsonNode tab = call("POST", "/window/new", JSON.createObjectNode().put("type", "tab"));
        call("DELETE", "/window", null);
        call("POST", "/window", JSON.createObjectNode().put("handle", tab.path("handle").asText()));
        devTools(
                "Emulation.setFocusEmulationEnabled", JSON.createObjectNode().put("enabled", true));
        requests();
        problems();
    }

    private JsonNode call(String method, String path, JsonNode body)
            throws IOException, InterruptedException {
        String url = path.startsWith("http") ? path : driver.url() + "/session/" + session + path;
        var publisher =
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body.toString());
        var request = HttpRequest.newBuilder(URI.create(url)).method(method, publisher).build();
        var response = http.send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode value = JSON.readTree(response.body()).path("value");
        if (response.statusCode() != 200) {
            throw new IOException(
                    "%s %s: %s %s"
                            .formatted(
                                    method,
                                    path,
                                    value.path("error").asText(),
                                    value.path("message").asText().lines().findFirst().orElse("")));
        }
        return value;
    }

    void open(String url) throws IOException, InterruptedException {
        call("POST", "/url", JSON.createObjectNode().put("url", url));
    }

    /** Runs the body of a function and returns what it returns. */
    JsonNode run(String script) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("script", script);
        body.putArray("args");
        return call("POST", "/execute/sync", body);
    }

    /** Waits, within the browser, until an expression is true; fails after a minute. */
    void until(String expression) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode();
        body.put(
                "script",
                "const done = arguments[0]; const look = () => { if (%s) { done(true); } else {"
                                .formatted(expression)
                        + " requestAnimationFrame(look); } }; look();");
        body.putArray("args");
        try {
            call("POST", "/execute/async", body);
        } catch (IOException e) {
            throw new IOException(
                    "never true: %s; page says %s"
                            .formatted(expression, run("return document.body.innerText").asText()),
                    e);
        }
    }

    /** Presses a key as a person would; names as in {@code KeyboardEvent.key}. */
    void press(String key) throws IOException, InterruptedException {
        String typed =
                switch (key) {
                    case "Tab" -> "\uE004";
                    case "Enter" -> "\uE007";
                    case "ArrowLeft" -> "\uE012";
                    case "ArrowUp" -> "\uE013";
                    case "ArrowDown" -> "\uE015";
                    default -> throw new IllegalArgumentException(key);
                };
        ObjectNode body = JSON.createObjectNode();
        ObjectNode keyboard = body.putArray("actions").addObject();
        keyboard.put("type", "key").put("id", "keyboard");
        var actions = keyboard.putArray("actions");
        actions.addObject().put("type", "keyDown").put("value", typed);
        actions.addObject().put("type", "keyUp").put("value", typed);
        call("POST", "/actions", body);
    }

    private JsonNode devTools(String command, ObjectNode parameters)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("cmd", command);
        body.set("params", parameters);
        return call("POST", "/goog/cdp/execute", body);
    }

    void colours(String scheme) throws IOException, InterruptedException {
        ObjectNode parameters = JSON.createObjectNode();
        parameters
                .putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", scheme);
        devTools("Emulation.setEmulatedMedia", parameters);
    }

    void size(int width, int height, boolean phone) throws IOException, InterruptedException {
        devTools(
                "Emulation.setDeviceMetricsOverride",
                JSON.createObjectNode()
                        .put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", 1)
                        .put("mobile", phone));
    }

    /** The whole page as PNG. */
    void picture(Path file) throws IOException, InterruptedException {
        ObjectNode parameters =
                JSON.createObjectNode().put("format", "png").put("captureBeyondViewport", true);
        JsonNode size =
                run("return [document.documentElement.clientWidth, document.body.offsetHeight]");
        parameters
                .putObject("clip")
                .put("x", 0)
                .put("y", 0)
                .put("width", size.get(0).asInt())
                .put("height", size.get(1).asInt())
                .put("scale", 1);
        Files.createDirectories(file.getParent());
        Files.write(
                file,
                Base64.getDecoder()
                        .decode(
                                devTools("Page.captureScreenshot", parameters)
                                        .path("data")
                                        .asText()));
    }

    /** Addresses that were asked for since the last call, but for the browser's own first tab. */
    List<String> requests() throws IOException, InterruptedException {
        List<String> urls = new ArrayList<>();
        for (JsonNode entry : log("performance")) {
            JsonNode message = JSON.readTree(entry.path("message").asText()).path("message");
            JsonNode parameters = message.path("params");
            boolean ofOurs = !parameters.path("documentURL").asText().startsWith("chrome:");
            if (message.path("method").asText().equals("Network.requestWillBeSent") && ofOurs) {
                urls.add(parameters.path("request").path("url").asText());
            }
        }
        return urls;
    }

    /** Errors that the page caused since the last call. */
    List<String> problems() throws IOException, InterruptedException {
        List<String> problems = new ArrayList<>();
        for (JsonNode entry : log("browser")) {
            problems.add(entry.path("message").asText());
        }
        return problems;
    }

    private JsonNode log(String type) throws IOException, InterruptedException {
        return call("POST", "/se/log", JSON.createObjectNode().put("type", type));
    }

    @Override
    public void close() throws IOException {
        try {
            call("DELETE", "", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            driver.process().destroy();
            driver.process().onExit().join();
        }
    }
}
