package freshet.jobs.recovery;

import freshet.operators.ControlSettings;
import freshet.operators.DecisionLog;
import freshet.operators.TextDecoder;
import freshet.operators.TextRecord;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Commands among the texts of a short stream, and the log in which it is decided where they hold.
 */
final class OrdersOnTheWay {

    private static final String MODEL = "small";
    private static final long AT_ONCE = 0;

    /** By name; all attempts of a run, and runs that are to decide the same, share one. */
    private static final Map<String, List<ControlAcknowledgement>> LOGS = new ConcurrentHashMap<>();

    private OrdersOnTheWay() {}

    /** Puts commands among texts; those that hold at once reach the learner at any record. */
    static void put(List<TextRecord> texts, TextDecoder decoder) {
        long begin = texts.get(0).eventTimeMillis;
        int count = texts.size();
        put(texts, decoder, 5, "rate", "scaleLearningRate", AT_ONCE, Map.of("factor", "0.5"));
        put(texts, decoder, 10, "hold", "holdPublication", AT_ONCE, Map.of());
        put(texts, decoder, count / 4, "freeze", "freeze", AT_ONCE, Map.of());
        put(texts, decoder, count / 4 + 3, "thaw", "unfreeze", begin + count / 2, Map.of());
        put(texts, decoder, count / 3, "release", "releasePublication", AT_ONCE, Map.of());
        put(texts, decoder, count / 2, "back", "rewind", AT_ONCE, Map.of("version", "9"));
        put(texts, decoder, count / 2 + 9, "skip", "skip", AT_ONCE, Map.of("batches", "2"));
        put(texts, decoder, count * 2 / 3, "no", "rewind", AT_ONCE, Map.of("version", "-1"));
        put(texts, decoder, count * 3 / 4, "anew", "resetMomentum", AT_ONCE, Map.of());
    }

    private static void put(
            List<TextRecord> texts,
            TextDecoder decoder,
            int at,
            String id,
            String action,
            long effectiveFrom,
            Map<String, String> arguments) {
        var command =
                new ControlCommand(id, MODEL, action, arguments, effectiveFrom, "sweep", false);
        byte[] bytes = AvroCodec.of(ControlCommand.class).encode(command);
        texts.add(at, decoder.command(MODEL, "control", 0, at, 1_000_000L, null, bytes));
    }

    static ControlSettings settings(String log) {
        return new ControlSettings(model -> new Shared(log), 3);
    }

    /** How many commands were decided on. */
    static int decided(String log) {
        return LOGS.getOrDefault(log, List.of()).size();
    }

    private record Shared(String name) implements DecisionLog {

        private List<ControlAcknowledgement> decisions() {
            return LOGS.computeIfAbsent(name, unused -> new CopyOnWriteArrayList<>());
        }

        @Override
        public List<ControlAcknowledgement> decided() {
            return List.copyOf(decisions());
        }

        @Override
        public void write(ControlAcknowledgement decision) {
            decisions().add(decision);
        }

        @Override
        public void close() {}
    }
}
