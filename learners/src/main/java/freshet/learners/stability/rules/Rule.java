package freshet.learners.stability.rules;

import java.util.List;

/**
 * When an alarm is raised and when it is over. A rule is judged at each point of its first
 * condition, once for each place (layer and head) that has such points.
 *
 * @param name such as {@code ENTROPY_COLLAPSE}
 * @param level of a rule with several limits, such as {@code HIGH}, part of the dedupe key; or
 *     empty
 * @param severity of its alarms
 * @param message what is wrong and what to do, for people
 * @param part whose numbers pace it
 * @param conditions the first one paces it
 * @param need how many of them must hold, from 1
 * @param headShare 0, or the share of a layer's heads at which the conditions must hold: then there
 *     is one incident for a layer
 * @param forPoints points in a row at which it must hold
 * @param clearPoints points in a row at which it must not hold any more to be over
 * @param coolDown numbers after an incident's end before the next one may open
 * @param warmUp numbers after the first one seen in which nothing opens
 * @param suppresses names of rules that open nothing where this one's incident is open
 * @param silence for a rule about silence, which has no conditions; else null
 */
record Rule(
        String name,
        String level,
        Severity severity,
        String message,
        String part,
        List<Condition> conditions,
        int need,
        double headShare,
        int forPoints,
        int clearPoints,
        int coolDown,
        int warmUp,
        List<String> suppresses,
        Silence silence) {

    /**
     * How long nothing may come from a part that has spoken once.
     *
     * @param eventTimeMillis of the stream that goes on without it; 0: not looked at
     * @param processingTimeMillis on the wall; 0: not looked at
     */
    record Silence(long eventTimeMillis, long processingTimeMillis) {}

    boolean isSilence() {
        return silence != null;
    }

    String key() {
        return level.isEmpty() ? name : name + ":" + level;
    }
}
