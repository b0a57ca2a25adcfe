package freshet.engines.libtorch.captured;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.LearnerSnapshot;
import freshet.learners.OnlineLearner;
import freshet.learners.StepReport;
import freshet.learners.tensor.DeviceMemoryException;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Function;

/** Updates that find no room on the device, each in its turn. */
final class NoRoom {

    private static final int UPDATES = 4;

    private NoRoom() {}

    /** Fails one pass, counted from 0 over all sessions. */
    private static final class FailingEngine {
        private final int failing;
        private int passes;

        FailingEngine(int failing) {
            this.failing = failing;
        }

        TensorEngine engine() {
            return proxy(
                    TensorEngine.class,
                    TwentySteps.EAGER,
                    made -> made instanceof Session session ? of(session) : made);
        }

        private Session of(Session session) {
            return proxy(Session.class, session, made -> made);
        }

        private <T> T proxy(Class<T> type, T real, Function<Object, Object> result) {
            InvocationHandler handler =
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("differentiate") && passes++ == failing) {
                            throw new DeviceMemoryException("cuda:0", 100, 90, 20, "an input");
                        }
                        try {
                            return result.apply(method.invoke(real, arguments));
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    };
            return type.cast(
                    Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
        }
    }

    /** A learner refuses such a batch, is as it was to the last bit, and goes on. */
    static <B> void leavesNoTrace(
            Function<TensorEngine, OnlineLearner<B>> newLearner, List<B> batches) {
        for (int failing = 0; failing < UPDATES; failing++) {
            try (var learner = newLearner.apply(new FailingEngine(failing).engine())) {
                int refused = 0;
                for (int i = 0; refused == 0; i++) {
                    B batch = batches.get(i % batches.size());
                    LearnerSnapshot before = learner.snapshot();
                    StepReport report = learner.step(batch);
                    if (!report.applied()) {
                        refused++;
                        assertThat(report.refusal()).contains("budget of 100");
                        assertThat(learner.snapshot()).isEqualTo(before);
                    }
                }
                assertThat(learner.step(batches.get(0)).applied()).isTrue();
            }
        }
    }
}
