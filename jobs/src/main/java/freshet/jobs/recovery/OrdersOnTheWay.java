package freshet.jobs.recovery;

import freshet.operators.ControlSettings;
import freshet.operators.DecisionLog;
import freshet.operators.InRecord;
import freshet.operators.RecordDecoder;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Commands among the records of a short stream, and the log in which it is decided where they hold.
 */
final class OrdersOnTheWay {

    private static final String MODEL = "small";
    private static final long AT_ONCE = 0;

    /** By name; all attempts of a run, and runs that are to decide the same, share one. */
    private static final Map<String, List<ControlAcknowledgement>> LOGS = new ConcurrentHashMap<>();

    private OrdersOnTheWay() {}

    /** An order, and where among the records it comes. */
    private record Sent(
            int at, String id, String action, long effectiveFrom, Map<String, String> arguments) {}

    /**
     * Puts commands among records; those that hold at once reach the learner at any record.
     *
     * @param middleMillis event time in the middle of the records, from which one holds
     * @param more lists that are as long, which get null at the same places
     */
    static <R extends InRecord> void put(
            List<R> records, RecordDecoder<R> decoder, long middleMillis, List<List<R>> more) {
        int count = records.size();
        List<Sent> orders =
                List.of(
                        at(5, "rate", "scaleLearningRate", Map.of("factor", "0.5")),
                        at(10, "hold", "holdPublication", Map.of()),
                        at(count / 4, "freeze", "freeze", Map.of()),
                        new Sent(count / 4 + 3, "thaw", "unfreeze", middleMillis, Map.of()),
                        at(count / 3, "release", "releasePublication", Map.of()),
                        at(count / 2, "back", "rewind", Map.of("version", "9")),
                        at(count / 2 + 9, "skip", "skip", Map.of("batches", "2")),
                        at(count * 2 / 3, "no", "rewind", Map.of("version", "-1")),
                        at(count * 3 / 4, "anew", "resetMomentum", Map.of()));
        for (Sent order : orders) {
            var command =
                    new ControlCommand(
                            order.id(),
                            MODEL,
                            order.action(),
                            order.arguments(),
                            order.effectiveFrom(),
                            "sweep",
                            false);
            byte[] bytes = AvroCodec.of(ControlCommand.class).encode(command);
            int at = order.at();
            records.add(at, decoder.command(MODEL, "control", 0, at, 1_000_000L, null, bytes));
            more.forEach(other -> other.add(at, null));
        }
    }

    private static Sent at(int at, String id, String action, Map<String, String> arguments) {
        return new Sent(at, id, action, AT_ONCE, arguments);
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
