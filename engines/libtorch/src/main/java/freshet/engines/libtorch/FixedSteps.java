package freshet.engines.libtorch;

import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Outputs;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A session's steps by kind, inputs' names and shapes, and outputs wanted; at most {@value #MOST},
 * the one unused for longest goes first.
 */
final class FixedSteps implements AutoCloseable {

    static final int MOST = 16;

    private final LibtorchEngine engine;
    private final LinkedHashMap<String, FixedStep> steps = new LinkedHashMap<>(16, 0.75f, true);

    FixedSteps(LibtorchEngine engine) {
        this.engine = engine;
    }

    /**
     * @param kind tells bodies apart
     */
    Outputs run(String kind, Inputs inputs, Set<String> wanted, FixedStep.Body body) {
        SortedSet<String> sorted = new TreeSet<>(wanted);
        String key = key(kind, inputs, sorted);
        FixedStep step = steps.get(key);
        if (step == null) {
            if (steps.size() == MOST) {
                drop(steps.keySet().iterator().next());
            }
            step = new FixedStep(engine, sorted, body);
            steps.put(key, step);
        }
        try {
            return step.run(inputs);
        } catch (RuntimeException e) {
            drop(key); // it may be half made
            throw e;
        }
    }

    private void drop(String key) {
        steps.remove(key).close();
    }

    private static String key(String kind, Inputs inputs, SortedSet<String> wanted) {
        var key = new StringBuilder(kind);
        inputs.arrays()
                .forEach(
                        (name, array) ->
                                key.append('\n')
                                        .append(name)
                                        .append(array.floats() != null ? " floats " : " indices ")
                                        .append(Arrays.toString(array.shape())));
        return key.append('\n').append(wanted).toString();
    }

    int recorded() {
        return (int) steps.values().stream().filter(FixedStep::isRecorded).count();
    }

    @Override
    public void close() {
        steps.values().forEach(FixedStep::close);
        steps.clear();
    }
}
