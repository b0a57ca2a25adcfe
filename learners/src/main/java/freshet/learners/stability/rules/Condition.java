package freshet.learners.stability.rules;

/**
 * One thing that must hold for a rule to fire.
 *
 * @param signal series it looks at
 * @param kind what it asks of it
 * @param remember 0: it counts while its last point is beyond the limit. Otherwise a point beyond
 *     the limit counts for so many numbers of the rule's part, its own included as 0
 * @param opens it must hold for an incident to open, and not for it to go on: what compares with
 *     the past gets used to anything
 */
record Condition(Signal signal, Kind kind, int remember, boolean opens) {}
