package freshet.benchmarks.device;

import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.DeviceMemoryException;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngines;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** A session runs out of memory, by its budget and for real, and goes on to the same bits. */
final class MemoryCheck {

    private static final int SIZE = 1000;
    private static final Layout LAYOUT = new Layout.Builder().add("w", random -> 1, SIZE).build();
    private static final AdamConfig ADAM = new AdamConfig(0.9, 0.999, 1e-8);
    private static final long MORE_THAN_ANY = 1L << 22; // squared: 64 TiB of floats

    /** Distance of the parameters to rows; with an input {@code much}, past all memory. */
    private static final class Distance implements Program {
        @Override
        public <T> Map<String, T> outputs(
                Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            T away = ops.subtract(inputs.get("x"), parameters.get("w"));
            T loss = ops.meanAll(ops.square(away));
            return inputs.containsKey("much")
                    ? Map.of(
                            LOSS,
                            ops.add(loss, ops.sumAll(ops.zeros(MORE_THAN_ANY, MORE_THAN_ANY))))
                    : Map.of(LOSS, loss);
        }
    }

    private final Checks checks;
    private final EngineSettings settings;

    MemoryCheck(Checks checks, EngineSettings settings) {
        this.checks = checks;
        this.settings = settings;
    }

    void run() {
        long budget = 10L * SIZE * Float.BYTES;
        try (Session session = open(settings)) {
            for (int step = 1; step <= 12; step++) {
                step(session, step);
            }
            float[] straight = session.parameters();
            survives("out of the budget", settings.within(budget), straight, rows(6));
            Inputs much = rows(2).put("much", new float[] {1}, 1);
            survives("out of memory", settings, straight, much);
        }
        TensorEngines.start(settings.within(Long.MAX_VALUE)); // the process's share is all again
    }

    private static Session open(EngineSettings with) {
        return TensorEngines.start(with).open(LAYOUT, new float[SIZE], new Distance());
    }

    private static Inputs rows(int count) {
        float[] values = new float[count * SIZE];
        Arrays.fill(values, 1);
        return new Inputs().put("x", values, count, SIZE);
    }

    private void survives(String check, EngineSettings with, float[] straight, Inputs tooMuch) {
        try (Session session = open(with)) {
            for (int step = 1; step <= 6; step++) {
                step(session, step);
            }
            float[] before = session.parameters();
            String said = "nothing was said";
            boolean same = false;
            try {
                session.differentiate(tooMuch, Set.of(Program.LOSS));
            } catch (DeviceMemoryException e) {
                said = e.getMessage().replace('|', '/');
                same = Arrays.equals(before, session.parameters());
            }
            for (int step = 7; step <= 12; step++) {
                step(session, step);
            }
            checks.row(check, same && Arrays.equals(straight, session.parameters()), said);
        }
    }

    private static void step(Session session, int step) {
        session.differentiate(rows(2), Set.of(Program.LOSS));
        session.adam(ADAM, 0.1, 1, step);
    }
}
