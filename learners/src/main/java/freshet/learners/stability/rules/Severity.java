package freshet.learners.stability.rules;

/** How urgent an alarm is, the least first. */
public enum Severity {
    INFO,
    WARN,
    HIGH,
    PAGE
}
