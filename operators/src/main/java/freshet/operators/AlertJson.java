package freshet.operators;

/**
 * The JSON that a webhook gets: the fields of the schema {@code Alert}, evidence as name, layer,
 * head and value, runs of records as first and last. A number that JSON does not know is null.
 */
final class AlertJson {

    private final StringBuilder json = new StringBuilder();

    private AlertJson() {}

    static String of(AlertRecord alert) {
        var json = new AlertJson();
        json.write(alert);
        return json.json.toString();
    }

    private void write(AlertRecord alert) {
        json.append('{');
        text("dedupeKey", alert.dedupeKey).append(',');
        text("rule", alert.rule).append(',');
        text("severity", alert.severity).append(',');
        json.append("\"resolved\":").append(alert.resolved).append(',');
        text("modelName", alert.modelName).append(',');
        json.append("\"modelVersion\":").append(alert.modelVersion).append(',');
        json.append("\"lastGoodVersion\":").append(alert.lastGoodVersion).append(',');
        json.append("\"eventTimeMillis\":").append(alert.eventTimeMillis).append(',');
        text("part", alert.part).append(',');
        json.append("\"number\":").append(alert.number).append(',');
        text("message", alert.message).append(",\"evidence\":[");
        for (int i = 0; i < alert.names.length; i++) {
            json.append(i == 0 ? "{" : ",{");
            text("name", alert.names[i]);
            json.append(",\"layer\":").append(alert.layers[i]);
            json.append(",\"head\":").append(alert.heads[i]);
            double value = alert.values[i];
            json.append(",\"value\":").append(Double.isFinite(value) ? value : "null").append('}');
        }
        json.append("],\"records\":[");
        for (int i = 0; i < alert.firsts.length; i++) {
            json.append(i == 0 ? "{" : ",{");
            text("first", alert.firsts[i]).append(',');
            text("last", alert.lasts[i]).append('}');
        }
        json.append("],\"recordsLeftOut\":").append(alert.recordsLeftOut).append('}');
    }

    private StringBuilder text(String name, String value) {
        json.append('"').append(name).append("\":\"");
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            if (letter == '"' || letter == '\\') {
                json.append('\\').append(letter);
            } else if (letter < ' ' || Character.isSurrogate(letter)) {
                json.append("\\u%04x".formatted((int) letter));
            } else {
                json.append(letter);
            }
        }
        return json.append('"');
    }
}
