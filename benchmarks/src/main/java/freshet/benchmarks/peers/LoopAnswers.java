package freshet.benchmarks.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What loops in Python write: JSON. */
final class LoopAnswers {

    private static final ObjectMapper JSON = new ObjectMapper();

    private LoopAnswers() {}

    static JsonNode read(ConsumerRecord<byte[], byte[]> answer) {
        try {
            return JSON.readTree(answer.value());
        } catch (IOException e) {
            throw new IllegalStateException("a loop wrote what is no JSON", e);
        }
    }
}
