package freshet.benchmarks;

import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** An engine that notes how long its sessions work, by session and kind of work. */
public final class TimedEngine implements TensorEngine {

    private final TensorEngine engine;
    private final Map<String, Long> nanos = new TreeMap<>();
    private int sessions;

    public TimedEngine(TensorEngine engine) {
        this.engine = engine;
    }

    /**
     * Nanoseconds of each kind of work: {@code 0 run}, {@code 0 differentiate}, {@code 0 adam},
     * {@code 1 run}, ...; sessions are numbered as they were opened.
     */
    public Map<String, Long> nanos() {
        return nanos;
    }

    private <T> T timed(String work, Supplier<T> call) {
        long start = System.nanoTime();
        T result = call.get();
        nanos.merge(work, System.nanoTime() - start, Long::sum);
        return result;
    }

    @Override
    public Map<String, String> metadata() {
        return engine.metadata();
    }

    @Override
    public KeyMatrix keyMatrix(int capacity, int width) {
        return engine.keyMatrix(capacity, width);
    }

    @Override
    public long nativeBytes() {
        return engine.nativeBytes();
    }

    @Override
    public Session open(Layout layout, float[] parameters, Program program) {
        int number = sessions++;
        Session session = engine.open(layout, parameters, program);
        return new Session() {
            @Override
            public Layout layout() {
                return session.layout();
            }

            @Override
            public Outputs run(Inputs inputs, Set<String> wanted) {
                return timed(number + " run", () -> session.run(inputs, wanted));
            }

            @Override
            public Outputs differentiate(Inputs inputs, Set<String> wanted) {
                return timed(
                        number + " differentiate", () -> session.differentiate(inputs, wanted));
            }

            @Override
            public double gradientNorm() {
                return timed(number + " adam", session::gradientNorm);
            }

            @Override
            public void addWeightDecay(double decay, int from) {
                long start = System.nanoTime();
                session.addWeightDecay(decay, from);
                nanos.merge(number + " adam", System.nanoTime() - start, Long::sum);
            }

            @Override
            public double adam(AdamConfig config, double rate, double gradientScale, long step) {
                return timed(
                        number + " adam", () -> session.adam(config, rate, gradientScale, step));
            }

            @Override
            public double[] gradientOverDeviation(AdamConfig config, long step, int... bounds) {
                return session.gradientOverDeviation(config, step, bounds);
            }

            @Override
            public Optimiser optimiser(int from, int to) {
                return session.optimiser(from, to);
            }

            @Override
            public void moveTowards(int from, int into, int count, double share) {
                long start = System.nanoTime();
                session.moveTowards(from, into, count, share);
                nanos.merge(number + " average", System.nanoTime() - start, Long::sum);
            }

            @Override
            public float[] parameters() {
                return session.parameters();
            }

            @Override
            public float[] gradient() {
                return session.gradient();
            }

            @Override
            public float[] firstMoment() {
                return session.firstMoment();
            }

            @Override
            public float[] secondMoment() {
                return session.secondMoment();
            }

            @Override
            public void setParameters(float[] values) {
                session.setParameters(values);
            }

            @Override
            public void setMoments(float[] first, float[] second) {
                session.setMoments(first, second);
            }

            @Override
            public void close() {
                session.close();
            }
        };
    }
}
