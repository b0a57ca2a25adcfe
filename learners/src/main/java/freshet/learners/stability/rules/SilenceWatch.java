package freshet.learners.stability.rules;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The dead-man's part of a watch: says when a part that has spoken falls silent, in the stream's
 * time or on the wall. A part that is behind the stream but speaks is not silent: what counts is
 * how far the stream has gone on since.
 */
final class SilenceWatch {

    private final Watch watch;

    SilenceWatch(Watch watch) {
        this.watch = watch;
    }

    /** Raises the alarms for what is silent now. */
    void look(long streamMillis, long wallMillis, List<Alarm> alarms) {
        for (PartState part : watch.parts.values()) {
            for (int index : watch.rules.silenceRules(part.name)) {
                Rule.Silence limits = watch.rules.rules().get(index).silence();
                if (isOver(limits.eventTimeMillis(), part.heardEventTimeMillis, streamMillis)) {
                    open(part, index, limits.eventTimeMillis(), " s of the stream's time", alarms);
                } else if (isOver(
                        limits.processingTimeMillis(), part.heardProcessingMillis, wallMillis)) {
                    open(part, index, limits.processingTimeMillis(), " s", alarms);
                }
            }
        }
    }

    private static boolean isOver(long limit, long heard, long now) {
        boolean known = heard != Long.MIN_VALUE && now != Long.MIN_VALUE;
        return limit > 0 && known && now - heard >= limit;
    }

    private void open(PartState part, int index, long limit, String unit, List<Alarm> alarms) {
        Incident incident = part.incident(index, -1, -1);
        if (incident.isOpen()) {
            return;
        }
        Rule rule = watch.rules.rules().get(index);
        incident.set(true, part.lastNumber);
        String message =
                "%s: nothing for %s%s".formatted(rule.message(), Words.of(limit / 1e3), unit);
        alarms.add(watch.alarm(rule, part, incident, message, List.of()));
    }

    /** Ends what is open: the part has spoken. */
    void speaks(PartState part, List<Alarm> alarms) {
        for (int index : watch.rules.silenceRules(part.name)) {
            if (part.isOpen(index, -1, -1)) {
                Rule rule = watch.rules.rules().get(index);
                Incident incident = part.incident(index, -1, -1);
                incident.set(false, part.lastNumber);
                String message = "Over: " + rule.message();
                alarms.add(watch.alarm(rule, part, incident, message, List.of()));
            }
        }
    }

    /** The next time at which a part may have been silent for too long. */
    long next(ToLongFunction<Rule.Silence> limits, ToLongFunction<PartState> heards) {
        long next = Long.MAX_VALUE;
        for (PartState part : watch.parts.values()) {
            for (int index : watch.rules.silenceRules(part.name)) {
                long limit = limits.applyAsLong(watch.rules.rules().get(index).silence());
                long heard = heards.applyAsLong(part);
                if (limit > 0 && heard != Long.MIN_VALUE && !part.isOpen(index, -1, -1)) {
                    next = Math.min(next, heard + limit);
                }
            }
        }
        return next;
    }
}
