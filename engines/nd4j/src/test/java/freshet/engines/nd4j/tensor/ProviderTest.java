package freshet.engines.nd4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Precision;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngines;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How the engine is found, and what is refused. */
class ProviderTest {

    @Test
    void otherThreadsThanThoseItRunsWithAreRefused() {
        assertThat(TensorEngines.start("nd4j", 1).metadata())
                .containsEntry("engine", "nd4j")
                .containsEntry("engine.device", "cpu")
                .containsEntry("engine.threads", "1");
        assertThatThrownBy(() -> TensorEngines.start("nd4j", 2))
                .hasMessage("tensor.threads is 2, but nd4j was started with 1 in this process");
    }

    @Test
    void anUnknownEngineIsToldWhichThereAreAndHowToAddTheOther() {
        assertThatThrownBy(() -> TensorEngines.start("numpy", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tensor.engine is numpy")
                .hasMessageContaining("[libtorch, nd4j]")
                .hasMessageContaining("Maven profile nd4j");
    }

    /** The longest unused plan goes first, with its memory. */
    @Test
    void aSessionKeepsABoundedNumberOfPlans() {
        var engine = TensorEngines.start("nd4j", 1);
        long before = engine.nativeBytes();
        Layout layout = new Layout.Builder().add("w", random -> 0, 1).build();
        try (var session = engine.open(layout, new float[] {2}, new Scaled())) {
            run(session, 1, 400);
            // 32 plans of the input's and the result's 400 floats and a few; all 400 held 640,000.
            assertThat(engine.nativeBytes() - before).isLessThan(32 * 4_000);
            float[] again = session.run(input(3), Set.of("y")).get("y");
            assertThat(again).containsExactly(0, 2, 4);
        }
        assertThat(engine.nativeBytes()).isEqualTo(before);
    }

    private static void run(Session session, int from, int to) {
        for (int size = from; size <= to; size++) {
            session.run(input(size), Set.of("y"));
        }
    }

    private static Inputs input(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = i;
        }
        return new Inputs().put("x", values, size);
    }

    private static final class Scaled implements Program {
        @Override
        public <T> Map<String, T> outputs(
                Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            return Map.of("y", ops.multiply(inputs.get("x"), parameters.get("w")));
        }
    }

    @Test
    void settingsThatItCannotFollowAreRefusedWithTheAlternative() {
        EngineSettings here = EngineSettings.cpu("nd4j", 1);
        assertThatThrownBy(() -> TensorEngines.start(here.on("cuda:0")))
                .hasMessageContaining("tensor.device is cuda:0")
                .hasMessageContaining("Maven profile nd4j-cuda");
        assertThatThrownBy(() -> TensorEngines.start(here.in(Precision.BFLOAT16)))
                .hasMessageContaining("tensor.precision")
                .hasMessageContaining("libtorch");
        assertThatThrownBy(() -> TensorEngines.start(here.within(1 << 20)))
                .hasMessageContaining("tensor.device-memory");
        assertThat(TensorEngines.start(here.on("auto")).metadata())
                .containsEntry("engine.device", "cpu");
    }
}
