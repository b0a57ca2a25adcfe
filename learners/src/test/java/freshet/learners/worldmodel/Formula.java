package freshet.learners.worldmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A formula over named arrays on an engine: its outputs, its gradient, its finite differences. */
final class Formula {

    /** A program over the arrays alone. */
    @FunctionalInterface
    interface Body {
        Map<String, Object> outputs(Ops<Object> ops, Map<String, Object> arrays);
    }

    private final Layout.Builder layout = new Layout.Builder();
    private final Map<String, float[]> values = new LinkedHashMap<>();
    private final Body body;

    Formula(Body body) {
        this.body = body;
    }

    Formula with(String name, double[] array, long... shape) {
        float[] narrow = new float[array.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) array[i];
        }
        return with(name, narrow, shape);
    }

    Formula with(String name, float[] array, long... shape) {
        layout.add(name, random -> 0, shape);
        values.put(name, array);
        return this;
    }

    private Session open(TensorEngine engine) {
        Layout built = layout.build();
        float[] flat = new float[built.size()];
        for (Layout.Entry entry : built.entries()) {
            float[] array = values.get(entry.name());
            System.arraycopy(array, 0, flat, entry.offset(), entry.size());
        }
        return engine.open(built, flat, new BodyProgram(body));
    }

    float[] get(TensorEngine engine, String output) {
        try (Session session = open(engine)) {
            return session.run(new Inputs(), Set.of(output)).get(output);
        }
    }

    double scalar(TensorEngine engine, String output) {
        return get(engine, output)[0];
    }

    /** The gradient of the loss over each array. */
    Map<String, float[]> gradient(TensorEngine engine) {
        try (Session session = open(engine)) {
            session.differentiate(new Inputs(), Set.of());
            float[] flat = session.gradient();
            Map<String, float[]> gradient = new LinkedHashMap<>();
            for (Layout.Entry entry : session.layout().entries()) {
                float[] one = new float[entry.size()];
                System.arraycopy(flat, entry.offset(), one, 0, entry.size());
                gradient.put(entry.name(), one);
            }
            return gradient;
        }
    }

    /**
     * The gradient agrees with differences of the loss in random directions.
     *
     * @param step length of the move in each direction
     * @param relative error allowed of all directions together
     */
    void checkGradient(TensorEngine engine, double step, double relative) {
        try (Session session = open(engine)) {
            session.differentiate(new Inputs(), Set.of());
            float[] gradient = session.gradient();
            float[] start = session.parameters();
            var random = new CounterRandom(17, 0, 0);
            double errors = 0;
            double squares = 0;
            for (int direction = 0; direction < 20; direction++) {
                double[] along = new double[start.length];
                double expected = 0;
                for (int i = 0; i < along.length; i++) {
                    along[i] = random.nextGaussian() / Math.sqrt(along.length);
                    expected += along[i] * gradient[i];
                }
                double difference =
                        (moved(session, start, along, step) - moved(session, start, along, -step))
                                / (2 * step);
                errors += (difference - expected) * (difference - expected);
                squares += expected * expected;
            }
            assertThat(squares).isPositive();
            assertThat(Math.sqrt(errors / squares)).isCloseTo(0, within(relative));
        }
    }

    private static double moved(Session session, float[] start, double[] along, double step) {
        float[] values = start.clone();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (step * along[i]);
        }
        session.setParameters(values);
        Outputs outputs = session.run(new Inputs(), Set.of(Program.LOSS));
        return outputs.scalar(Program.LOSS);
    }

    private record BodyProgram(Body body) implements Program {
        @Override
        @SuppressWarnings("unchecked") // the body hands back what the engine gave it
        public <T> Map<String, T> outputs(
                Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
            return (Map<String, T>)
                    body.outputs((Ops<Object>) ops, (Map<String, Object>) parameters);
        }
    }
}
