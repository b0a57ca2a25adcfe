package freshet.learners;

import java.util.ArrayList;
import java.util.List;

/**
 * What one step did.
 *
 * @param step number of updates done so far, this one included if it was applied
 * @param applied false if the batch was refused and the learner is unchanged
 * @param refusal why the batch was refused, naming tensor and step; empty if it was applied
 * @param loss mean loss over the batch, in nats per token or sample, before the update
 * @param items tokens or samples that were new in this batch (replayed ones not counted)
 * @param lossBeforeLearning sum over the new items of their loss in nats, before the update: the
 *     learner's own test-then-train score
 * @param measurements telemetry of this step
 */
public record StepReport(
        long step,
        boolean applied,
        String refusal,
        double loss,
        int items,
        double lossBeforeLearning,
        List<Measurement> measurements) {

    /** The same with more telemetry behind its own. */
    public StepReport and(Measurement... more) {
        var all = new ArrayList<>(measurements);
        all.addAll(List.of(more));
        return new StepReport(
                step, applied, refusal, loss, items, lossBeforeLearning, List.copyOf(all));
    }
}
