package freshet.engines.libtorch.captured;

import freshet.learners.OnlineLearner;
import freshet.learners.tensor.TensorEngine;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What holds of every learner on recorded steps, beside its contract. */
interface Captured<B> {

    /** The contract's learner, on any engine. */
    Function<TensorEngine, OnlineLearner<B>> learners();

    List<B> content();

    @Test
    default void twentyStepsAreThoseThatComeOneByOne() {
        TwentySteps.areEqual(learners(), content());
    }

    @Test
    default void aBatchThatFindsNoRoomIsRefusedWithoutATrace() {
        NoRoom.leavesNoTrace(learners(), content());
    }
}
