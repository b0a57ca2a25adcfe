package freshet.benchmarks;

import freshet.learners.StepReport;
import freshet.learners.stability.rules.Report;

/** What a learner without a stream reports: the number of an update is its event time too. */
public final class LearnerReport {

    private LearnerReport() {}

    public static Report of(StepReport report) {
        return new Report("learner", report.step(), report.step(), report.measurements());
    }
}
