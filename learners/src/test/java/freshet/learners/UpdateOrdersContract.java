package freshet.learners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.stability.UpdateControl;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What every learner must satisfy that takes the orders of {@link UpdateControl}.
 *
 * @param <B> one mini-batch
 */
public abstract class UpdateOrdersContract<B> {

    /** The most batches until an update is refused that ought to be. */
    private static final int MANY = 200;

    protected abstract OnlineLearner<B> newLearner();

    /** At least six batches, which can be learned again and again. */
    protected abstract List<B> batches();

    private B batch(int number) {
        return batches().get(number % batches().size());
    }

    private void run(OnlineLearner<B> learner, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(learner.step(batch(i)).applied()).isTrue();
        }
    }

    /** Orders come before the updates from 3 on. */
    private void runWithOrders(OnlineLearner<B> learner, int from, int to) {
        List<Order> orders =
                List.of(
                        Order.of("scaleLearningRate", Map.of("factor", "0.3", "steps", "4")),
                        Order.of("resetMomentum"),
                        Order.of("limitGradient", Map.of("factor", "900")));
        for (int i = from; i < to; i++) {
            if (i >= 3 && i - 3 < orders.size()) {
                learner.obey(orders.get(i - 3), false);
            }
            run(learner, i, i + 1);
        }
    }

    @Test
    void resumingAmidOrdersEqualsNeverStopping() {
        try (var straight = newLearner()) {
            runWithOrders(straight, 0, 9);
            for (int stop = 2; stop <= 9; stop++) {
                try (var first = newLearner();
                        var resumed = newLearner()) {
                    runWithOrders(first, 0, stop);
                    resumed.restore(LearnerSnapshot.fromBytes(first.snapshot().toBytes()));
                    runWithOrders(resumed, stop, 9);
                    assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
                }
            }
        }
    }

    @Test
    void eachOrderChangesWhatIsLearned() {
        for (Order order :
                List.of(
                        Order.of("scaleLearningRate", Map.of("factor", "0.5")),
                        Order.of("resetMomentum"))) {
            try (var ordered = newLearner();
                    var plain = newLearner()) {
                run(ordered, 0, 6); // some learners start their moments anew by themselves
                run(plain, 0, 6);
                ordered.obey(order, false);
                assertThat(ordered.publish().checksum()).isEqualTo(plain.publish().checksum());
                run(ordered, 6, 7);
                run(plain, 6, 7);
                assertThat(ordered.publish().checksum())
                        .as(order.action())
                        .isNotEqualTo(plain.publish().checksum());
            }
        }
    }

    @Test
    void refusesAGradientAboveTheLimitAndStaysAsItWas() {
        try (var learner = newLearner()) {
            learner.obey(Order.of("limitGradient", Map.of("factor", "1e-9")), false);
            for (int i = 0; i < MANY; i++) {
                String before = learner.snapshot().hash();
                StepReport report = learner.step(batch(i));
                if (!report.applied()) {
                    assertThat(i).isGreaterThanOrEqualTo(20); // so many make the median
                    assertThat(report.refusal()).contains("gradient", "limit", "step");
                    assertThat(learner.snapshot().hash()).isEqualTo(before);
                    learner.obey(Order.of("limitGradient", Map.of("factor", "0")), false);
                    assertThat(learner.step(batch(i)).applied()).isTrue();
                    return;
                }
            }
            throw new AssertionError("no update was refused");
        }
    }

    @Test
    void adoptsAPublishedVersion() {
        try (var learner = newLearner()) {
            run(learner, 0, 5);
            ModelArtifact good = learner.publish();
            run(learner, 5, 8);
            assertThat(learner.publish().checksum()).isNotEqualTo(good.checksum());
            learner.adopt(good);
            assertThat(learner.publish().checksum()).isEqualTo(good.checksum());
            assertThat(learner.publish().step()).isEqualTo(8);
            LearnerSnapshot before = learner.snapshot();
            var other =
                    new ModelArtifact(
                            good.kind(),
                            good.formatVersion(),
                            "other",
                            good.step(),
                            Map.of(),
                            good.bytes());
            assertThatThrownBy(() -> learner.adopt(other))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(learner.snapshot()).isEqualTo(before);
            run(learner, 8, 9);
        }
    }

    @Test
    void aDryRunAndARefusedOrderChangeNothing() {
        try (var learner = newLearner()) {
            assertThat(learner.actions()).containsAll(UpdateControl.ACTIONS);
            run(learner, 0, 4);
            String before = learner.snapshot().hash();
            Map<String, String> half = Map.of("factor", "0.5");
            assertThat(learner.obey(Order.of("scaleLearningRate", half), true))
                    .contains("1.0 -> 0.5");
            learner.obey(Order.of("resetMomentum"), true);
            learner.obey(Order.of("limitGradient", half), true);
            assertThatThrownBy(() -> learner.obey(Order.of("dance"), false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("dance");
            assertThatThrownBy(() -> learner.obey(Order.of("limitGradient"), false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("needs factor");
            assertThat(learner.snapshot().hash()).isEqualTo(before);
        }
    }
}
