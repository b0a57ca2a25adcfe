package freshet.engines.libtorch.captured;

import freshet.learners.selftraining.SelfTrainingLearnerContract;
import freshet.learners.tensor.TensorEngine;
import org.junit.jupiter.api.Test;

class SelfTrainingLearnerCapturedTest extends SelfTrainingLearnerContract {

    private TensorEngine engine = TwentySteps.CAPTURED;

    @Override
    protected TensorEngine engine() {
        return engine;
    }

    @Test
    void twentyStepsAreThoseThatComeOneByOne() {
        TwentySteps.areEqual(
                on -> {
                    engine = on;
                    return newLearner(1);
                },
                batches());
    }

    @Test
    void aBatchThatFindsNoRoomIsRefusedWithoutATrace() {
        NoRoom.leavesNoTrace(
                on -> {
                    engine = on;
                    return newLearner(1);
                },
                batches());
    }
}
