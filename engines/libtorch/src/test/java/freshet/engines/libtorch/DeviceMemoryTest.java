package freshet.engines.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.DeviceMemoryException;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A budget refuses what does not fit, and what was there goes on to the same bits. */
class DeviceMemoryTest {

    private static final AdamConfig ADAM = new AdamConfig(0.9, 0.999, 1e-8);
    private static final int SIZE = 4;
    private static final Layout LAYOUT = new Layout.Builder().add("w", random -> 1, SIZE).build();

    /** Mean of the squared distances of the parameters to each row. */
    private static final Program PROGRAM =
            new Program() {
                @Override
                public <T> Map<String, T> outputs(
                        Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
                    T away = ops.subtract(inputs.get("x"), parameters.get("w"));
                    return Map.of(LOSS, ops.meanAll(ops.square(away)));
                }
            };

    private static Inputs rows(int count) {
        return new Inputs().put("x", new float[count * SIZE], count, SIZE);
    }

    private static TensorEngine engine(long bytes) {
        return TensorEngines.start(EngineSettings.cpu("libtorch", 1).capturing(true).within(bytes));
    }

    @Test
    void aBatchThatFindsNoRoomLeavesWhatWasThereAsItWas() {
        float[] straight;
        try (Session session = engine(0).open(LAYOUT, new float[] {1, 2, 3, 4}, PROGRAM)) {
            for (int step = 1; step <= 8; step++) {
                step(session, step);
            }
            straight = session.parameters();
        }
        // Parameters, gradient, moments and scratch of 4, a batch of 2 rows and the loss: 132
        // bytes.
        var engine = engine(200);
        try (Session session = engine.open(LAYOUT, new float[] {1, 2, 3, 4}, PROGRAM)) {
            for (int step = 1; step <= 4; step++) {
                step(session, step);
            }
            long used = engine.nativeBytes();
            float[] before = session.parameters();
            float[] moments = session.secondMoment();
            float[] gradient = session.gradient();
            assertThatThrownBy(() -> session.differentiate(rows(9), Set.of(Program.LOSS)))
                    .isInstanceOf(DeviceMemoryException.class)
                    .hasMessage(
                            "cpu: an input of a step needs 144 bytes, 132 of the budget of 200 are"
                                    + " in use; raise tensor.device-memory, or learn smaller"
                                    + " batches");
            assertThat(engine.nativeBytes()).isEqualTo(used);
            assertThat(session.parameters()).isEqualTo(before);
            assertThat(session.secondMoment()).isEqualTo(moments);
            assertThat(session.gradient()).isEqualTo(gradient);
            for (int step = 5; step <= 8; step++) {
                step(session, step);
            }
            assertThat(session.parameters()).isEqualTo(straight);
        }
        assertThat(engine.nativeBytes()).isZero();
    }

    private static void step(Session session, int step) {
        session.differentiate(rows(2), Set.of(Program.LOSS));
        session.adam(ADAM, 0.1, 1, step);
    }

    @Test
    void sessionsAndMatricesThatFindNoRoomAreNotMade() {
        var engine = engine(31);
        assertThatThrownBy(() -> engine.open(LAYOUT, new float[SIZE], PROGRAM))
                .isInstanceOf(DeviceMemoryException.class)
                .hasMessageContaining("a session of 4 parameters needs 32 bytes");
        assertThatThrownBy(() -> engine.keyMatrix(10, 8))
                .isInstanceOf(DeviceMemoryException.class)
                .hasMessageContaining("10 keys of 8 floats needs 360 bytes");
        assertThat(engine.nativeBytes()).isZero();
    }

    /** libtorch's own words, of the two places that they come from. */
    @Test
    void whatTheLibraryRanOutOfIsTold() {
        var memory = new DeviceMemory("cuda:0", 1000);
        memory.reserve(300, "a session");
        for (String says :
                new String[] {
                    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has",
                    "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't"
                            + " allocate memory: you tried to allocate 1 bytes."
                }) {
            assertThatThrownBy(
                            () ->
                                    memory.watch(
                                            () -> {
                                                throw new IllegalStateException(says + "\nframe");
                                            }))
                    .isInstanceOf(DeviceMemoryException.class)
                    .hasMessageContaining(says)
                    .hasMessageContaining("300 bytes of the budget of 1000");
        }
        assertThatThrownBy(
                        () ->
                                memory.watch(
                                        () -> {
                                            throw new IllegalStateException("a shape");
                                        }))
                .isInstanceOf(IllegalStateException.class);
    }
}
