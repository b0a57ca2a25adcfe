package freshet.jobs.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import freshet.jobs.CommandFailure;
import freshet.jobs.page.PageActions.Action;
import freshet.operators.LearnerActions;
import freshet.schemas.ControlCommand;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Takes orders from the page and writes them as commands; what becomes of them comes by events. */
final class PageOrders {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** An event time that has always come: the learner obeys before its next record. */
    private static final long AT_ONCE = 0;

    private final List<String> models;
    private final List<Action> actions;
    private final String servers;
    private final String issuedBy;
    private final Consumer<ControlCommand> sender;
    private final LongSupplier clock;

    /**
     * @param servers where the records come from, for people
     * @param issuedBy who orders, for the audit
     * @param sender returns when the command is written
     */
    PageOrders(
            List<String> models,
            List<Action> actions,
            String servers,
            String issuedBy,
            Consumer<ControlCommand> sender,
            LongSupplier clock) {
        this.models = models;
        this.actions = actions;
        this.servers = servers;
        this.issuedBy = issuedBy;
        this.sender = sender;
        this.clock = clock;
    }

    /** What may be ordered, of whom, and where the records come from. */
    void about(HttpExchange exchange) throws IOException {
        ObjectNode about = JSON.createObjectNode();
        about.put("servers", servers);
        models.forEach(about.putArray("models")::add);
        PageActions.write(actions, about.putArray("actions"));
        send(exchange, 200, about);
    }

    /**
     * Takes {@code {"model", "action", "arguments": {name: value}, "dryRun"}}; answers {@code
     * {"id"}}, or {@code {"problem"}} in one line.
     *
     * @param body empty: too long
     */
    void take(HttpExchange exchange, Optional<byte[]> body) throws IOException {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        ObjectNode answer = JSON.createObjectNode();
        if (type == null || !type.startsWith("application/json")) {
            send(exchange, 415, answer.put("problem", "an order is application/json"));
            return;
        }
        try {
            ControlCommand command = command(body);
            sender.accept(command);
            send(exchange, 202, answer.put("id", command.getCommandId()));
        } catch (IllegalArgumentException e) {
            send(exchange, 400, answer.put("problem", e.getMessage()));
        } catch (CommandFailure e) {
            send(exchange, 502, answer.put("problem", e.getMessage()));
        }
    }

    private ControlCommand command(Optional<byte[]> body) {
        JsonNode order;
        try {
            order = JSON.readTree(body.orElseThrow(() -> new IOException("too long")));
        } catch (IOException e) {
            throw new IllegalArgumentException("the order cannot be read", e);
        }
        String model = order.path("model").asText();
        if (!models.contains(model)) {
            throw new IllegalArgumentException("no model " + model);
        }
        if (!order.path("dryRun").isBoolean()) {
            throw new IllegalArgumentException("dryRun must be true or false");
        }
        Map<String, String> given = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : order.path("arguments").properties()) {
            given.put(field.getKey(), field.getValue().asText());
        }
        String action = order.path("action").asText();
        return new ControlCommand(
                UUID.randomUUID().toString(),
                model,
                action,
                PageActions.checked(actions, action, given),
                isOfRobots(action) ? clock.getAsLong() : AT_ONCE,
                issuedBy,
                order.path("dryRun").asBoolean());
    }

    private static boolean isOfRobots(String action) {
        return !LearnerActions.ARGUMENTS.containsKey(action);
    }

    private static void send(HttpExchange exchange, int status, ObjectNode answer)
            throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
