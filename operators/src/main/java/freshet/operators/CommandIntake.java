package freshet.operators;

import freshet.learners.Order;
import freshet.learners.SavedState;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import freshet.schemas.UndecodableRecordException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out commands between two records: each once, and after a recovery at the same record as
 * before it; see {@link DecisionLog}.
 *
 * <p>Commands hold in the order of their topic. So after a recovery one on which nothing is decided
 * yet waits until all that were decided before are carried out again.
 *
 * <p>State: the control's, the ids of the newest {@value #MOST_IDS} commands, against repeats, and
 * the commands that wait, which are those of the time between two checkpoints at most.
 */
final class CommandIntake {

    static final int MOST_IDS = 10_000;

    private static final int FORMAT_VERSION = 2;
    private static final int WITHOUT_COUNT = 1;
    private static final long NOT_KNOWN = -1;
    private static final long NO_STEP = -1;
    private static final Logger LOG = LoggerFactory.getLogger(CommandIntake.class);

    /** Commands that robots obey themselves. */
    private static final Set<String> OF_ROBOTS = Set.of("safeStop", "resume");

    private final String modelName;
    private final Commanded control;
    private final DecisionLog log;
    private final Predicate<String> concerns;
    private final Set<String> obeyed = new LinkedHashSet<>();
    private final Set<String> decided = new HashSet<>(); // by the log, when this began
    private final Deque<ControlAcknowledgement> pending = new ArrayDeque<>();
    private final Deque<ControlCommand> waiting = new ArrayDeque<>();
    private final AvroCodec<ControlCommand> codec = AvroCodec.of(ControlCommand.class);
    private RecordPlace last = RecordPlace.START;
    private long given; // records; NOT_KNOWN: it goes on from a state that did not count

    /** Of a learner: all commands that are neither for robots nor for predictors. */
    CommandIntake(String modelName, Commanded control, DecisionLog log) {
        this(
                modelName,
                control,
                log,
                action ->
                        !OF_ROBOTS.contains(action)
                                && !ServingActions.ARGUMENTS.containsKey(action));
    }

    /**
     * @param concerns actions that are for this one; the log has those of others too
     */
    CommandIntake(
            String modelName, Commanded control, DecisionLog log, Predicate<String> concerns) {
        this.modelName = modelName;
        this.control = control;
        this.log = log;
        this.concerns = concerns;
    }

    /** Reads what was decided before; call it behind {@link #restore}, if there is that. */
    void open() {
        for (ControlAcknowledgement decision : log.decided()) {
            if (!concerns.test(decision.getAction())) {
                continue;
            }
            decided.add(decision.getCommandId());
            if (decision.getAccepted()
                    && !decision.getDryRun()
                    && !obeyed.contains(decision.getCommandId())) {
                pending.add(decision);
            }
        }
    }

    /** A command has come. It waits while others that came before it have yet to be repeated. */
    void take(ControlCommand command, long step) {
        boolean isMine =
                command.getModelName().equals(modelName) && concerns.test(command.getAction());
        String id = command.getCommandId();
        if (!isMine || obeyed.contains(id) || decided.contains(id)) {
            return;
        }
        waiting.add(command);
        carryOut(step);
    }

    private void decide(ControlCommand command, long step) {
        String id = command.getCommandId();
        var order = Order.of(command.getAction(), command.getArguments());
        String detail;
        boolean accepted = true;
        try {
            detail = control.obey(order, true);
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            detail = e.getMessage();
            accepted = false;
        }
        boolean takesEffect = accepted && !command.getDryRun();
        RecordPlace place = takesEffect ? last : RecordPlace.START;
        log.write(
                new ControlAcknowledgement(
                        id,
                        modelName,
                        accepted,
                        detail,
                        takesEffect ? step : NO_STEP,
                        command.getAction(),
                        new TreeMap<>(command.getArguments()),
                        command.getIssuedBy(),
                        command.getDryRun(),
                        place.eventTimeMillis(),
                        place.source(),
                        place.sequence(),
                        takesEffect ? given : NOT_KNOWN));
        LOG.info(
                "{} {} of {} for {}: {}",
                accepted ? (takesEffect ? "carried out" : "on trial") : "refused",
                order,
                command.getIssuedBy(),
                modelName,
                detail);
        remember(id);
        if (takesEffect) {
            control.obey(order, false);
        }
    }

    /** The next record is about to be learned: what holds after those before it, comes first. */
    void reached(InRecord record, long step) {
        reached(RecordPlace.of(record), step);
    }

    /** The same where records are of another form. */
    void reached(RecordPlace place, long step) {
        if (!pending.isEmpty()) {
            carryOut(step);
        }
        last = place;
        given += given == NOT_KNOWN ? 0 : 1;
    }

    /** The stream has ended. */
    void ended(long step) {
        carryOut(step);
    }

    /** What holds after the last record: first what was decided so before, then what is new. */
    private void carryOut(long step) {
        while (!pending.isEmpty() && isReached(pending.peek())) {
            ControlAcknowledgement decision = pending.remove();
            remember(decision.getCommandId());
            var order = Order.of(decision.getAction(), decision.getArguments());
            try {
                LOG.info("carried out again {}: {}", order, control.obey(order, false));
            } catch (IllegalArgumentException | UnsupportedOperationException e) {
                // Only where the learner began anew, without its state: it may lack the version.
                LOG.warn("{} was carried out once, not now: {}", order, e.getMessage());
            }
        }
        while (pending.isEmpty() && !waiting.isEmpty()) {
            decide(waiting.remove(), step);
        }
    }

    /**
     * By the number of records if that is known: images whose labels come late are given again, so
     * the places of records do not always rise.
     */
    private boolean isReached(ControlAcknowledgement decision) {
        if (given != NOT_KNOWN && decision.getAfterRecords() != NOT_KNOWN) {
            return decision.getAfterRecords() <= given;
        }
        var place =
                new RecordPlace(
                        decision.getAfterEventTime(),
                        decision.getAfterSource(),
                        decision.getAfterSequence());
        return place.compareTo(last) <= 0;
    }

    private void remember(String id) {
        obeyed.add(id);
        if (obeyed.size() > MOST_IDS) {
            obeyed.remove(obeyed.iterator().next());
        }
    }

    byte[] snapshot() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    control.write(out);
                    out.writeLong(last.eventTimeMillis());
                    out.writeUTF(last.source());
                    out.writeLong(last.sequence());
                    out.writeLong(given);
                    out.writeInt(obeyed.size());
                    for (String id : obeyed) {
                        out.writeUTF(id);
                    }
                    out.writeInt(waiting.size());
                    for (ControlCommand command : waiting) {
                        byte[] bytes = codec.encode(command);
                        SavedState.writeBlock(out, bytes);
                    }
                });
    }

    void restore(byte[] state) {
        SavedState.read(
                "commands obeyed",
                WITHOUT_COUNT,
                FORMAT_VERSION,
                state,
                (format, in) -> {
                    control.read(in);
                    last = new RecordPlace(in.readLong(), in.readUTF(), in.readLong());
                    given = format == WITHOUT_COUNT ? NOT_KNOWN : in.readLong();
                    for (int i = in.readInt(); i > 0; i--) {
                        obeyed.add(in.readUTF());
                    }
                    for (int i = in.readInt(); i > 0; i--) {
                        waiting.add(command(SavedState.readBlock(in)));
                    }
                });
    }

    private ControlCommand command(byte[] bytes) {
        try {
            return codec.decode(bytes);
        } catch (UndecodableRecordException e) {
            throw new IllegalArgumentException("no command in the state of commands", e);
        }
    }
}
