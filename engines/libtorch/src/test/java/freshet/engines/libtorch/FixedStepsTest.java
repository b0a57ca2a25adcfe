package freshet.engines.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.TensorEngines;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** When steps are recorded, how many are kept, and what is refused before it reaches a device. */
class FixedStepsTest {

    private static final LibtorchEngine ENGINE =
            (LibtorchEngine) TensorEngines.start(EngineSettings.cpu("libtorch", 1).capturing(true));
    private static final Layout LAYOUT = new Layout.Builder().add("w", random -> 1, 3, 1).build();

    /** Sum of the rows of w that are asked for, and as many ones. */
    private static final class Rows implements Program {
        private float constant = 1;

        @Override
        public <T> Map<String, T> outputs(
                Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            T rows = ops.rows(parameters.get("w"), inputs.get("i"));
            T plus = ops.add(rows, ops.constant(new float[] {constant}, 1));
            return Map.of(LOSS, ops.sumAll(plus));
        }
    }

    private static LibtorchSession open(Program program) {
        return (LibtorchSession) ENGINE.open(LAYOUT, new float[] {1, 10, 100}, program);
    }

    private static double ask(LibtorchSession session, int... rows) {
        var inputs = new Inputs().put("i", rows, rows.length);
        return session.differentiate(inputs, Set.of(Program.LOSS)).scalar(Program.LOSS);
    }

    @Test
    void theFourthRunOfAShapeIsRecordedAndEachSeesItsOwnInputs() {
        try (var session = open(new Rows())) {
            for (int run = 0; run < 6; run++) {
                assertThat(session.recorded()).isEqualTo(run > WarmedUp.WARM_UPS ? 1 : 0);
                int row = run % 3;
                assertThat(ask(session, row, row)).isEqualTo(2 * Math.pow(10, row) + 2);
                float[] gradient = new float[3];
                gradient[row] = 2;
                assertThat(session.gradient()).isEqualTo(gradient);
            }
            assertThat(ask(session, 0)).isEqualTo(2); // another shape, not recorded yet
            assertThat(session.recorded()).isEqualTo(1);
        }
    }

    @Test
    void theShapeUnusedForLongestGoesFirst() {
        try (var session = open(new Rows())) {
            for (int run = 0; run <= WarmedUp.WARM_UPS; run++) {
                for (int length = 1; length <= FixedSteps.MOST; length++) {
                    ask(session, new int[length]);
                }
            }
            assertThat(session.recorded()).isEqualTo(FixedSteps.MOST);
            ask(session, 0); // the first is used again
            long held = ENGINE.nativeBytes();
            ask(session, new int[FixedSteps.MOST + 1]); // so the second goes
            assertThat(session.recorded()).isEqualTo(FixedSteps.MOST - 1);
            assertThat(ENGINE.nativeBytes() - held)
                    .isEqualTo((long) Long.BYTES * (FixedSteps.MOST + 1 - 2));
            ask(session, 0, 0);
            assertThat(session.recorded()).isEqualTo(FixedSteps.MOST - 2);
        }
    }

    /** On a GPU a bad index would end the process's use of it. */
    @Test
    void anIndexThatIsNotThereIsRefusedOnTheHostInEveryRun() {
        try (var session = open(new Rows())) {
            for (int run = 0; run < 6; run++) {
                ask(session, 2);
            }
            for (int bad : new int[] {3, -1}) {
                assertThatThrownBy(() -> ask(session, bad))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("index %d of 3".formatted(bad));
                assertThatThrownBy(() -> ask(session, 0, bad)) // in its first run
                        .hasMessageContaining("index %d of 3".formatted(bad));
            }
            assertThat(ask(session, 2)).isEqualTo(101);
        }
    }

    /** A recording would go on with the old one. */
    @Test
    void aConstantThatChangesIsRefused() {
        var program = new Rows();
        try (var session = open(program)) {
            ask(session, 0);
            program.constant = 2;
            assertThatThrownBy(() -> ask(session, 0)).hasMessageContaining("constant changed");
        }
    }

    @Test
    void closingFreesAllThatWasRecorded() {
        long before = ENGINE.nativeBytes();
        long objects = Pointer.totalCount();
        for (int times = 0; times < 50; times++) {
            try (var session = open(new Rows())) {
                for (int run = 0; run < 5; run++) {
                    ask(session, 1, 2);
                }
            }
        }
        assertThat(ENGINE.nativeBytes()).isEqualTo(before);
        assertThat(Pointer.totalCount() - objects).isLessThan(50);
    }
}
