package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.operators.LearningControl;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Commands and what became of them. A command and its acknowledgement may be read in either order.
 *
 * <p>Bounded by {@link #MAX_ORDERS}: the oldest are forgotten, but not what they switched.
 */
final class OrdersSection extends Section {

    private static final int MAX_ORDERS = 200;
    private static final int SHOWN = 50;

    private static final class Order {
        ControlCommand command;
        long orderedMillis;
        ControlAcknowledgement answer;
        long acknowledgedMillis = -1;
        long answerOffset = -1;
    }

    /** The newest switching that was carried out, by its place in the acknowledgements. */
    private record Switched(long offset, boolean on, long millis) {
        static final Switched NEVER = new Switched(-1, false, -1);
    }

    /**
     * An order that was carried out.
     *
     * @param step updates that the learner had done
     * @param words for people
     */
    record Obeyed(long step, String words) {}

    private final Map<String, Order> orders = new LinkedHashMap<>();
    private final Map<String, Switched> frozen = new LinkedHashMap<>();
    private final Map<String, Switched> held = new LinkedHashMap<>();

    OrdersSection() {
        super("orders");
    }

    private Order order(String id) {
        Order order = orders.computeIfAbsent(id, ignored -> new Order());
        if (orders.size() > MAX_ORDERS) {
            orders.remove(orders.keySet().iterator().next());
        }
        return order;
    }

    /**
     * @param at Kafka's timestamp, milliseconds
     */
    void take(ControlCommand command, long at) {
        Order order = order(command.getCommandId());
        order.command = command;
        order.orderedMillis = at;
        settle(order);
        changed();
    }

    /**
     * @param offset its place in the topic
     * @param at Kafka's timestamp, milliseconds
     */
    void take(ControlAcknowledgement answer, long offset, long at) {
        Order order = order(answer.getCommandId());
        if (order.answer != null && order.answer.getAccepted() && !answer.getAccepted()) {
            return; // the same command again, for a model that takes no such action
        }
        if (order.command == null && !answer.getAction().isEmpty()) {
            order.command = told(answer); // until the command itself is read, if it is
            order.orderedMillis = at;
        }
        order.answer = answer;
        order.acknowledgedMillis = at;
        order.answerOffset = offset;
        settle(order);
        changed();
    }

    /** The command, as its acknowledgement repeats it. */
    private static ControlCommand told(ControlAcknowledgement answer) {
        return new ControlCommand(
                answer.getCommandId(),
                answer.getModelName(),
                answer.getAction(),
                answer.getArguments(),
                0L,
                answer.getIssuedBy(),
                answer.getDryRun());
    }

    /** Notes what a command switched once both it and its acknowledgement are known. */
    private void settle(Order order) {
        if (order.command == null
                || order.answer == null
                || order.command.getDryRun()
                || !order.answer.getAccepted()) {
            return;
        }
        switch (order.command.getAction()) {
            case LearningControl.FREEZE -> note(frozen, order, true);
            case LearningControl.UNFREEZE -> note(frozen, order, false);
            case LearningControl.HOLD -> note(held, order, true);
            case LearningControl.RELEASE -> note(held, order, false);
            default -> {}
        }
    }

    private static void note(Map<String, Switched> switches, Order order, boolean on) {
        var now = new Switched(order.answerOffset, on, order.acknowledgedMillis);
        if (switches.size() < ModelsSection.MAX_MODELS) {
            switches.merge(
                    order.answer.getModelName(),
                    now,
                    (old, next) -> next.offset() >= old.offset() ? next : old);
        }
    }

    boolean isFrozen(String model) {
        return frozen.getOrDefault(model, Switched.NEVER).on();
    }

    boolean isHeld(String model) {
        return held.getOrDefault(model, Switched.NEVER).on();
    }

    /** When publication was last held or released by an order, milliseconds; -1: never. */
    long heldSinceMillis(String model) {
        return held.getOrDefault(model, Switched.NEVER).millis();
    }

    /** Models that an order has frozen. */
    List<String> frozenModels() {
        return switchedOn(frozen);
    }

    /** Models whose publication an order holds. */
    List<String> heldModels() {
        return switchedOn(held);
    }

    private static List<String> switchedOn(Map<String, Switched> switches) {
        return switches.entrySet().stream()
                .filter(entry -> entry.getValue().on())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What was done because of an alert, oldest first, for people. */
    List<String> because(String dedupeKey) {
        List<String> done = new ArrayList<>();
        for (Order order : orders.values()) {
            ControlCommand command = order.command;
            if (command == null || command.getDryRun() || !names(command, dedupeKey)) {
                continue;
            }
            done.add(command.getAction() + " " + became(order));
        }
        return done;
    }

    private static String became(Order order) {
        if (order.answer == null) {
            return "ordered, not acknowledged yet";
        }
        return order.answer.getAccepted()
                ? "done after update %d: %s"
                        .formatted(order.answer.getStep(), order.answer.getDetail())
                : "refused: " + order.answer.getDetail();
    }

    /**
     * What a model has obeyed of late, oldest first, for people.
     *
     * @param sinceMillis Kafka's timestamp of the acknowledgement
     * @param exceptKey without what was done because of this alert; empty: all
     */
    List<Obeyed> obeyed(String model, long sinceMillis, String exceptKey) {
        return orders.values().stream()
                .filter(order -> order.command != null && !order.command.getDryRun())
                .filter(order -> order.answer != null && order.answer.getAccepted())
                .filter(order -> order.answer.getModelName().equals(model))
                .filter(order -> order.acknowledgedMillis > sinceMillis)
                .filter(order -> exceptKey.isEmpty() || !names(order.command, exceptKey))
                .map(
                        order ->
                                new Obeyed(
                                        order.answer.getStep(),
                                        words(order.command) + " " + became(order)))
                .toList();
    }

    /**
     * What a model was told and has not answered yet, oldest first, for people.
     *
     * @param sinceMillis Kafka's timestamp of the command
     * @param exceptKey without what was ordered because of this alert
     */
    List<String> waiting(String model, long sinceMillis, String exceptKey) {
        return orders.values().stream()
                .filter(order -> order.answer == null && !order.command.getDryRun())
                .filter(order -> order.command.getModelName().equals(model))
                .filter(order -> order.orderedMillis > sinceMillis)
                .filter(order -> !names(order.command, exceptKey))
                .map(order -> words(order.command))
                .toList();
    }

    private static String words(ControlCommand command) {
        return "%s (%s)".formatted(command.getAction(), command.getIssuedBy());
    }

    private static boolean names(ControlCommand command, String dedupeKey) {
        return command.getIssuedBy().contains(dedupeKey)
                || command.getArguments().values().stream().anyMatch(dedupeKey::equals);
    }

    @Override
    void write(ObjectNode into, View view) {
        List<Order> newest = new ArrayList<>(orders.values());
        newest.removeIf(order -> order.command == null);
        newest.sort(Comparator.comparing((Order order) -> order.orderedMillis).reversed());
        var rows = into.putArray("orders");
        for (Order order : newest.subList(0, Math.min(SHOWN, newest.size()))) {
            ControlCommand command = order.command;
            ObjectNode row = rows.addObject();
            row.put("id", command.getCommandId());
            row.put("model", command.getModelName());
            row.put("action", command.getAction());
            ObjectNode arguments = row.putObject("arguments");
            command.getArguments().forEach(arguments::put);
            row.put("orderedMillis", order.orderedMillis);
            row.put("issuedBy", command.getIssuedBy());
            row.put("dryRun", command.getDryRun());
            if (order.answer != null) {
                ObjectNode answer = row.putObject("answer");
                answer.put("accepted", order.answer.getAccepted());
                answer.put("detail", order.answer.getDetail());
                answer.put("step", order.answer.getStep());
                answer.put("millis", order.acknowledgedMillis);
            }
        }
    }
}
