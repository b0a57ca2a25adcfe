package freshet.learners.worldmodel;

import freshet.learners.OnlineLearner;
import freshet.learners.UpdateOrdersContract;
import freshet.learners.tensor.TensorEngine;
import java.util.List;

/** Orders to the robots' learner, through its guard, on one engine. */
public abstract class WorldModelOrdersContract extends UpdateOrdersContract<ExperienceBatch> {

    protected abstract TensorEngine engine();

    @Override
    protected OnlineLearner<ExperienceBatch> newLearner() {
        TensorEngine shared = engine();
        return new PublicationGuard(
                shared,
                Beads.MODEL,
                Beads.FRAME,
                new WorldModelLearner(shared, Beads.MODEL, Beads.learning(1), Beads.FRAME));
    }

    @Override
    protected List<ExperienceBatch> batches() {
        return Beads.batches();
    }
}
