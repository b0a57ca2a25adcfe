package freshet.engines.libtorch;

import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Ranges;
import freshet.learners.tensor.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * One program with flat buffers.
 *
 * <p>Who owns what: the flat buffers and the views into them belong to the session and are freed by
 * {@link #close}; everything that a run makes belongs to a scope of that run and is freed when it
 * ends, the graph of gradients included. Where steps are recorded, what a run makes belongs to its
 * {@link FixedStep}.
 *
 * <p>Each parameter is a leaf that views a stretch of the flat parameters; its gradient views the
 * same stretch of the flat gradient, into which libtorch accumulates in place.
 */
final class LibtorchSession implements Session {

    private static final int BUFFERS = 2;

    private final LibtorchEngine engine;
    private final Layout layout;
    private final Program program;
    private final List<Tensor> owned = new ArrayList<>();
    private final Tensor parameters;
    private final Tensor gradient;
    private final Map<String, Tensor> leaves = new LinkedHashMap<>();
    private final List<LibtorchOptimiser> optimisers = new ArrayList<>();
    private final FixedSteps steps; // null where each run's tensors are its own
    private LibtorchOptimiser all;

    LibtorchSession(LibtorchEngine engine, Layout layout, float[] initial, Program program) {
        Ranges.length("parameters", initial, layout.size());
        this.engine = engine;
        this.layout = layout;
        this.program = program;
        steps = engine.fixesSteps() ? new FixedSteps(engine) : null;
        engine.memory().reserve(bytes(), "a session of %d parameters".formatted(initial.length));
        float[] zeros = new float[initial.length];
        try (PointerScope scope = new PointerScope()) {
            parameters = own(Tensors.floats(engine.device(), initial, initial.length), scope);
            gradient = own(Tensors.floats(engine.device(), zeros, zeros.length), scope);
            for (Layout.Entry entry : layout.entries()) {
                Tensor leaf = own(view(parameters, entry).detach(), scope);
                leaf.set_requires_grad(true);
                leaf.mutable_grad().put(own(view(gradient, entry), scope));
                leaves.put(entry.name(), leaf);
            }
        }
    }

    private Tensor own(Tensor tensor, PointerScope scope) {
        owned.add(Tensors.own(tensor, scope));
        return tensor;
    }

    private static Tensor view(Tensor flat, Layout.Entry entry) {
        return flat.narrow(0, entry.offset(), entry.size()).view(entry.shape());
    }

    private long bytes() {
        return (long) BUFFERS * Float.BYTES * layout.size();
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public Outputs run(Inputs inputs, Set<String> wanted) {
        return engine.onDevice(
                () -> {
                    if (steps != null) {
                        return steps.run("run", inputs, wanted, this::forward);
                    }
                    // Nothing is ever differentiated of it: tensors need not count their changes.
                    try (InferenceMode inference = new InferenceMode(true)) {
                        return eager(inputs, wanted, this::forward);
                    }
                });
    }

    @Override
    public Outputs differentiate(Inputs inputs, Set<String> wanted) {
        return engine.onDevice(
                () ->
                        steps != null
                                ? steps.run("differentiate", inputs, wanted, this::backward)
                                : eager(inputs, wanted, this::backward));
    }

    private Outputs eager(Inputs inputs, Set<String> wanted, FixedStep.Body body) {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> named = new LinkedHashMap<>();
            inputs.arrays()
                    .forEach(
                            (name, array) ->
                                    named.put(name, Tensors.input(engine.device(), array)));
            var context = new EagerContext(engine.device(), engine.precision());
            Map<String, Tensor> outputs = body.compute(context, named);
            try (AutoGradMode gradientOff = new AutoGradMode(false)) {
                return read(outputs, wanted);
            }
        }
    }

    private Map<String, Tensor> forward(OpsContext context, Map<String, Tensor> inputs) {
        try (AutoGradMode gradientOff = new AutoGradMode(false)) {
            return program.outputs(ops(context), leaves, inputs);
        }
    }

    private Map<String, Tensor> backward(OpsContext context, Map<String, Tensor> inputs) {
        try (AutoGradMode gradientOn = new AutoGradMode(true)) {
            gradient.zero_();
            Map<String, Tensor> outputs = program.outputs(ops(context), leaves, inputs);
            Tensor loss = outputs.get(Program.LOSS);
            if (loss == null || loss.numel() != 1) {
                throw new IllegalArgumentException(
                        "the program has no scalar named " + Program.LOSS);
            }
            loss.backward();
            return outputs;
        }
    }

    private LibtorchOps ops(OpsContext context) {
        return new LibtorchOps(context, program.rowsTogether());
    }

    private static Outputs read(Map<String, Tensor> outputs, Set<String> wanted) {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        for (String name : wanted) {
            Tensor tensor = outputs.get(name);
            if (tensor == null) {
                throw new IllegalArgumentException(
                        "the program has no output %s, it has %s"
                                .formatted(name, outputs.keySet()));
            }
            arrays.put(name, Tensors.read(tensor));
        }
        return new Outputs(arrays);
    }

    /** Over all parameters; its moments are made when they are first needed. */
    private LibtorchOptimiser all() {
        if (all == null) {
            all = newOptimiser(0, layout.size());
        }
        return all;
    }

    private LibtorchOptimiser newOptimiser(int from, int to) {
        Ranges.optimiser(from, to, layout.size());
        var made =
                engine.onDevice(
                        () -> new LibtorchOptimiser(engine, parameters, gradient, from, to));
        optimisers.add(made);
        return made;
    }

    /** Steps that are recorded now, for tests. */
    int recorded() {
        return steps == null ? 0 : steps.recorded();
    }

    @Override
    public Optimiser optimiser(int from, int to) {
        return newOptimiser(from, to);
    }

    @Override
    public double gradientNorm() {
        return all().gradientNorm();
    }

    @Override
    public void moveTowards(int from, int into, int count, double share) {
        Ranges.move(from, into, count, layout.size());
        withoutGradient(
                () ->
                        parameters
                                .narrow(0, into, count)
                                .lerp_(parameters.narrow(0, from, count), new Scalar(share)));
    }

    @Override
    public void addWeightDecay(double decay, int from) {
        Ranges.weightDecay(from, layout.size());
        if (decay == 0 || from == layout.size()) {
            return;
        }
        int count = layout.size() - from;
        withoutGradient(
                () ->
                        gradient.narrow(0, from, count)
                                .add_(parameters.narrow(0, from, count), new Scalar(decay)));
    }

    private void withoutGradient(Supplier<Tensor> work) {
        engine.onDevice(
                () -> {
                    try (PointerScope scope = new PointerScope();
                            AutoGradMode gradientOff = new AutoGradMode(false)) {
                        return work.get() != null;
                    }
                });
    }

    @Override
    public double adam(AdamConfig config, double rate, double gradientScale, long step) {
        return all().adam(config, rate, gradientScale, step);
    }

    @Override
    public double[] gradientOverDeviation(AdamConfig config, long step, int... bounds) {
        return all().gradientOverDeviation(config, step, bounds);
    }

    @Override
    public float[] parameters() {
        return engine.onDevice(() -> Tensors.copy(parameters));
    }

    @Override
    public float[] gradient() {
        return engine.onDevice(() -> Tensors.copy(gradient));
    }

    @Override
    public float[] firstMoment() {
        return all().firstMoment();
    }

    @Override
    public float[] secondMoment() {
        return all().secondMoment();
    }

    @Override
    public void setParameters(float[] values) {
        engine.overwrite("parameters", parameters, values);
    }

    @Override
    public void setMoments(float[] first, float[] second) {
        all().setMoments(first, second);
    }

    @Override
    public void close() {
        if (!owned.isEmpty()) {
            engine.onDevice(
                    () -> {
                        if (steps != null) {
                            steps.close();
                        }
                        optimisers.forEach(LibtorchOptimiser::close);
                        owned.forEach(Tensor::close);
                        return null;
                    });
            owned.clear();
            engine.memory().release(bytes());
        }
    }
}
