package freshet.operators;

import freshet.learners.StepReport;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Metrics of a subtask that learns one model. */
final class LearnerMetrics {

    private final Counter steps;
    private final Counter itemsLearned;
    private final Counter batchesRefused;
    private StepReport lastReport;
    private long lastStepNanos;

    /**
     * @param subtask its group
     */
    LearnerMetrics(MetricGroup subtask) {
        MetricGroup metrics = subtask.addGroup("ml").addGroup("learner");
        steps = metrics.counter("steps");
        itemsLearned = metrics.counter("itemsLearned");
        batchesRefused = metrics.counter("batchesRefused");
        metrics.gauge("stepTimeMicros", () -> lastStepNanos / 1000);
        metrics.gauge("lossNats", () -> lastReport == null ? Double.NaN : lastReport.loss());
    }

    void stepped(StepReport report, long nanos) {
        lastReport = report;
        lastStepNanos = nanos;
        if (report.applied()) {
            steps.inc();
            itemsLearned.inc(report.items());
        } else {
            batchesRefused.inc();
        }
    }
}
