package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.jobs.AlertedRecords;
import freshet.schemas.Alert;
import freshet.schemas.Measurement;
import freshet.schemas.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Incidents: all alerts of one dedupe key from the first to the one that resolves it.
 *
 * <p>Bounded by {@link #MAX_INCIDENTS}; resolved ones go first, then the oldest.
 */
final class AlertsSection extends Section {

    private static final int MAX_INCIDENTS = 200;
    private static final int MAX_EVIDENCE = 12;

    /**
     * An incident.
     *
     * @param newest its newest alert
     * @param worst its worst severity so far
     * @param sinceMillis event time of its first alert
     * @param resolvedMillis event time of its end; -1 while it is open
     */
    record Incident(Alert newest, Severity worst, long sinceMillis, long resolvedMillis) {
        boolean isOpen() {
            return resolvedMillis < 0;
        }
    }

    /** By dedupe key, in the order of their beginning. */
    private final Map<String, Incident> incidents = new LinkedHashMap<>();

    private final OrdersSection orders;

    AlertsSection(OrdersSection orders) {
        super("alerts");
        this.orders = orders;
    }

    void take(Alert alert) {
        Incident before = incidents.get(alert.getDedupeKey());
        boolean goesOn = before != null && before.isOpen();
        if (alert.getResolved() && !goesOn) {
            return; // the end of what was never seen, or its repeat
        }
        if (!goesOn) {
            incidents.remove(alert.getDedupeKey()); // it moves to the end
        }
        Severity worst =
                goesOn && before.worst().compareTo(alert.getSeverity()) > 0
                        ? before.worst()
                        : alert.getSeverity();
        incidents.put(
                alert.getDedupeKey(),
                new Incident(
                        alert.getResolved() && goesOn ? before.newest() : alert,
                        worst,
                        goesOn ? before.sinceMillis() : alert.getEventTime(),
                        alert.getResolved() ? alert.getEventTime() : -1));
        forget();
        changed();
    }

    private void forget() {
        if (incidents.size() <= MAX_INCIDENTS) {
            return;
        }
        String oldest =
                incidents.entrySet().stream()
                        .filter(entry -> !entry.getValue().isOpen())
                        .findFirst()
                        .or(() -> incidents.entrySet().stream().findFirst())
                        .orElseThrow()
                        .getKey();
        incidents.remove(oldest);
    }

    /** Of all models, the most urgent first, then the oldest. */
    List<Incident> open() {
        List<Incident> open = new ArrayList<>(incidents.values());
        open.removeIf(incident -> !incident.isOpen());
        open.sort(
                Comparator.comparing(Incident::worst)
                        .reversed()
                        .thenComparing(Incident::sinceMillis));
        return open;
    }

    List<Incident> open(String model) {
        return open().stream()
                .filter(incident -> incident.newest().getModelName().equals(model))
                .toList();
    }

    /**
     * The most urgent one that has ended since, of these the one that began first, which is nearest
     * to the cause; null if none has.
     *
     * @param sinceMillis event time
     */
    Incident worstResolved(long sinceMillis) {
        return incidents.values().stream()
                .filter(incident -> incident.resolvedMillis() > Math.max(-1, sinceMillis))
                .min(
                        Comparator.comparing(Incident::worst)
                                .reversed()
                                .thenComparing(Incident::sinceMillis))
                .orElse(null);
    }

    @Override
    void write(ObjectNode into, View view) {
        var rows = into.putArray("alerts");
        List<Incident> newestFirst = new ArrayList<>(open());
        List<Incident> resolved = new ArrayList<>(incidents.values());
        resolved.removeIf(Incident::isOpen);
        resolved.sort(Comparator.comparing(Incident::resolvedMillis).reversed());
        newestFirst.addAll(resolved);
        for (Incident incident : newestFirst) {
            Alert alert = incident.newest();
            ObjectNode row = rows.addObject();
            row.put("key", alert.getDedupeKey());
            row.put("rule", alert.getRule());
            row.put("severity", incident.worst().name());
            row.put("open", incident.isOpen());
            row.put("sinceMillis", incident.sinceMillis());
            row.put("resolvedMillis", incident.resolvedMillis());
            row.put("model", alert.getModelName());
            row.put("version", alert.getModelVersion());
            row.put("lastGoodVersion", alert.getLastGoodVersion());
            row.put("part", alert.getPart());
            row.put("number", alert.getNumber());
            row.put("records", AlertedRecords.words(alert));
            AlertWords words = AlertWords.of(alert.getMessage());
            row.put("message", words.what());
            row.put("detail", words.detail());
            var evidence = row.putArray("evidence");
            alert.getEvidence().stream()
                    .limit(MAX_EVIDENCE)
                    .forEach(point -> write(point, evidence.addObject()));
            row.put("moreEvidence", Math.max(0, alert.getEvidence().size() - MAX_EVIDENCE));
            var done = row.putArray("done");
            orders.because(alert.getDedupeKey()).forEach(done::add);
        }
    }

    private static void write(Measurement point, ObjectNode into) {
        into.put("name", point.getName());
        into.put("layer", point.getLayer());
        into.put("head", point.getHead());
        into.put(
                "mean",
                Timeline.rounded(point.getSum() / Math.max(1.0, (double) point.getCount())));
        into.put("min", Timeline.rounded(point.getMin()));
        into.put("max", Timeline.rounded(point.getMax()));
    }
}
