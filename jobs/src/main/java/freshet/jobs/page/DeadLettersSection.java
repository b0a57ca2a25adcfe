package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * What could not be used, and why. Bounded by {@link #MAX_REASONS} reasons and the newest {@link
 * #KEPT} letters, whose values are not kept.
 */
final class DeadLettersSection extends Section {

    private static final int KEPT = 12;
    private static final int MAX_REASONS = 32;
    private static final int MAX_CHARACTERS = 300;

    private record Letter(
            String reason, String detail, String topic, String partition, String offset, long at) {}

    private final Map<String, Long> counts = new TreeMap<>();
    private final Deque<Letter> newest = new ArrayDeque<>();

    DeadLettersSection() {
        super("deadletters");
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
        String reason = header(record, "freshet.reason");
        if (counts.size() < MAX_REASONS || counts.containsKey(reason)) {
            counts.merge(reason, 1L, Long::sum);
        }
        newest.addFirst(
                new Letter(
                        reason,
                        header(record, "freshet.detail"),
                        header(record, "freshet.topic"),
                        header(record, "freshet.partition"),
                        header(record, "freshet.offset"),
                        record.timestamp()));
        if (newest.size() > KEPT) {
            newest.removeLast();
        }
        changed();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        if (header == null || header.value() == null) {
            return "";
        }
        String text = new String(header.value(), StandardCharsets.UTF_8);
        return text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS) + "…";
    }

    @Override
    void write(ObjectNode into, View view) {
        ObjectNode reasons = into.putObject("counts");
        counts.forEach(reasons::put);
        var rows = into.putArray("letters");
        for (Letter letter : newest) {
            ObjectNode row = rows.addObject();
            row.put("reason", letter.reason());
            row.put("detail", letter.detail());
            row.put("topic", letter.topic());
            row.put("partition", letter.partition());
            row.put("offset", letter.offset());
            row.put("millis", letter.at());
        }
    }
}
