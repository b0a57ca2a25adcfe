package freshet.learners.selftraining;

import freshet.learners.OnlineLearner;
import freshet.learners.UpdateOrdersContract;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.vision.ShiftScaleTurn;
import java.util.List;

/** Orders to the images' learner, through its guard, on one engine. */
public abstract class SelfTrainingOrdersContract extends UpdateOrdersContract<ExampleBatch> {

    protected abstract TensorEngine engine();

    @Override
    protected OnlineLearner<ExampleBatch> newLearner() {
        TensorEngine shared = engine();
        return new CanaryGuard(
                shared,
                Blobs.NETWORK,
                new SelfTrainingLearner(
                        shared,
                        Blobs.NETWORK,
                        Blobs.config(SelfTrainingConfig.Method.gift(20), 1),
                        new ShiftScaleTurn(12, 12, 1, 0.1, 0)),
                new CanaryGuard.Config(10, 0.1));
    }

    @Override
    protected List<ExampleBatch> batches() {
        return Blobs.batches();
    }
}
