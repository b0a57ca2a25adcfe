package freshet.jobs;

import freshet.learners.LearnedRecords;
import freshet.schemas.Alert;

/** Which records the learner was at when an alert was raised, for people. */
public final class AlertedRecords {

    private static final int MOST = 4; // runs, in one line

    private AlertedRecords() {}

    /** Such as {@code mill/12..15 and 3 more}; empty if the alert does not know. */
    public static String words(Alert alert) {
        var runs =
                alert.getRecords().stream()
                        .map(run -> new LearnedRecords.Run(run.getFirst(), run.getLast()))
                        .toList();
        return new LearnedRecords(runs, alert.getRecordsLeftOut()).words(MOST);
    }
}
