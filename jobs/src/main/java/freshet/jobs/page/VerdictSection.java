package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.jobs.page.AlertsSection.Incident;
import freshet.jobs.page.OrdersSection.Obeyed;
import freshet.schemas.Alert;
import freshet.schemas.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The one sentence at the top: whether all is well, or what is wrong since when, in which model,
 * and what was done. Keeps nothing of its own.
 */
final class VerdictSection extends Section {

    /** Of records of any topic; robots, pictures and texts come far more often. */
    private static final long SILENCE_MILLIS = Duration.ofSeconds(30).toMillis();

    /** How long the end of an incident, or what was done, is worth a word. */
    private static final long RECENT_MILLIS = Duration.ofMinutes(10).toMillis();

    /** Parts whose reports are numbered by updates, as orders are. */
    private static final Set<String> UPDATES = Set.of("learner", "publication");

    private final AlertsSection alerts;
    private final OrdersSection orders;
    private final ModelsSection models;
    private String unreachable;

    VerdictSection(AlertsSection alerts, OrdersSection orders, ModelsSection models) {
        super("verdict");
        this.alerts = alerts;
        this.orders = orders;
        this.models = models;
    }

    /** Says that the broker does not answer; null: it does. */
    void unreachable(String servers) {
        unreachable = servers;
    }

    @Override
    boolean ages() {
        return true; // silence
    }

    @Override
    void write(ObjectNode into, View view) {
        List<Incident> open = alerts.open();
        open.removeIf(incident -> incident.worst() == Severity.INFO);
        if (unreachable != null) {
            say(
                    into,
                    "warn",
                    "Kafka at %s does not answer: what is shown here is old."
                            .formatted(unreachable));
        } else if (!open.isEmpty()) {
            writeIncident(open, into, view);
        } else if (view.newestMillis() < 0) {
            say(into, "waiting", "Nothing has come yet: waiting for the first records.");
        } else if (isSilent(view)) {
            say(into, "warn", "Nothing comes any more: is the job running, and does anybody send?");
            into.put("sinceMillis", view.newestMillis());
        } else if (!orders.frozenModels().isEmpty()) {
            say(
                    into,
                    "warn",
                    "%s is frozen by an order: it answers, but does not learn."
                            .formatted(String.join(", ", orders.frozenModels())));
        } else if (!orders.heldModels().isEmpty()) {
            String model = orders.heldModels().get(0);
            say(
                    into,
                    "warn",
                    "No alert is open, but publication is held:"
                            + " what is learned is not served.");
            into.put("model", model);
            into.put("sinceMillis", orders.heldSinceMillis(model));
            writeOver(into, view);
        } else {
            writeWell(into);
            writeOver(into, view);
        }
    }

    private static boolean isSilent(View view) {
        return view.nowMillis() - view.newestMillis() > SILENCE_MILLIS;
    }

    private void writeIncident(List<Incident> open, ObjectNode into, View view) {
        Incident worst = open.get(0);
        boolean urgent = worst.worst().compareTo(Severity.HIGH) >= 0;
        AlertWords words = AlertWords.of(worst.newest().getMessage());
        String model = worst.newest().getModelName();
        say(into, urgent ? "wrong" : "warn", words.what());
        into.put("detail", words.detail());
        into.put("model", model);
        into.put("sinceMillis", worst.sinceMillis());
        into.put("more", open.size() - 1);
        put(into, "others", othersThan(model, open));
        if (isSilent(view)) {
            into.put("silentMillis", view.newestMillis());
        }
        if (orders.isHeld(model)) {
            into.put("heldMillis", orders.heldSinceMillis(model));
        }
        String key = worst.newest().getDedupeKey();
        put(into, "done", orders.because(key));
        putOrders(into, worst, view, key);
        put(into, "waiting", orders.waiting(model, view.nowMillis() - RECENT_MILLIS, key));
    }

    /** What was obeyed before may be the cause; what is done about others may mend this too. */
    private void putOrders(ObjectNode into, Incident incident, View view, String exceptKey) {
        Alert alert = incident.newest();
        long found = UPDATES.contains(alert.getPart()) ? alert.getNumber() : -1;
        List<Obeyed> obeyed =
                orders.obeyed(alert.getModelName(), view.nowMillis() - RECENT_MILLIS, exceptKey);
        put(into, "before", words(obeyed, one -> one.step() < found));
        put(into, "lately", words(obeyed, one -> one.step() >= found));
    }

    /** Models that have open incidents too. */
    private static List<String> othersThan(String model, List<Incident> open) {
        return open.stream()
                .map(incident -> incident.newest().getModelName())
                .filter(other -> !other.equals(model))
                .distinct()
                .toList();
    }

    private static List<String> words(List<Obeyed> orders, Predicate<Obeyed> which) {
        return orders.stream().filter(which).map(Obeyed::words).toList();
    }

    private static void put(ObjectNode into, String name, List<String> lines) {
        var array = into.putArray(name);
        lines.forEach(array::add);
    }

    private void writeWell(ObjectNode into) {
        long answering = models.answering();
        say(
                into,
                "ok",
                answering == 0
                        ? "All is well so far: no alert is open, and no model has answered yet."
                        : "All is well: %s, no alert is open."
                                .formatted(
                                        answering == 1
                                                ? "the model answers"
                                                : answering + " models answer"));
    }

    /** Of the worst incident of late, if one is over: what was done. */
    private void writeOver(ObjectNode into, View view) {
        Incident worst = alerts.worstResolved(view.nowMillis() - RECENT_MILLIS);
        if (worst != null) {
            Alert alert = worst.newest();
            into.put(
                    "over",
                    "The worst incident of late is over: %s of %s, %s."
                            .formatted(
                                    alert.getRule(),
                                    alert.getModelName(),
                                    AlertWords.of(alert.getMessage()).what()));
            into.put("overSinceMillis", worst.sinceMillis());
            into.put("overMillis", worst.resolvedMillis());
            putOrders(into, worst, view, "");
        }
    }

    private static void say(ObjectNode into, String level, String what) {
        into.put("level", level);
        into.put("what", what);
    }
}
