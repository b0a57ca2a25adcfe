package freshet.engines.libtorch.captured;

import freshet.learners.language.LanguageLearnerContract;
import freshet.learners.tensor.TensorEngine;
import org.junit.jupiter.api.Test;

class LanguageLearnerCapturedTest extends LanguageLearnerContract {

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
