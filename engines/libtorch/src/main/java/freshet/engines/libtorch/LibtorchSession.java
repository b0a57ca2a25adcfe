package freshet.engines.libtorch;

import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One program with flat buffers.
 *
 * <p>Who owns what: the four flat buffers and the views into them belong to the session and are
 * freed by {@link #close}; everything that a run makes belongs to a scope of that run and is freed
 * when it ends, the graph of gradients included.
 *
 * <p>Each parameter is a leaf that views a stretch of the flat parameters; its gradient views the
 * same stretch of the flat gradient, into which libtorch accumulates in place.
 */
final class LibtorchSession implements Session {

    private static final int BUFFERS = 4;

    private final LibtorchEngine engine;
    private final Layout layout;
    private final Program program;
    private final List<Tensor> owned = new ArrayList<>();
    private final Tensor parameters;
    private final Tensor gradient;
    private final Tensor firstMoment;
    private final Tensor secondMoment;
    private final Map<String, Tensor> leaves = new LinkedHashMap<>();

    LibtorchSession(LibtorchEngine engine, Layout layout, float[] initial, Program program) {
        checkLength("parameters", initial, layout);
        this.engine = engine;
        this.layout = layout;
        this.program = program;
        engine.pinThread();
        engine.account(bytes());
        float[] zeros = new float[initial.length];
        try (PointerScope scope = new PointerScope()) {
            parameters = own(Tensors.floats(initial, initial.length), scope);
            gradient = own(Tensors.floats(zeros, zeros.length), scope);
            firstMoment = own(Tensors.floats(zeros, zeros.length), scope);
            secondMoment = own(Tensors.floats(zeros, zeros.length), scope);
            for (Layout.Entry entry : layout.entries()) {
                Tensor leaf = own(view(parameters, entry).detach(), scope);
                leaf.set_requires_grad(true);
                leaf.mutable_grad().put(own(view(gradient, entry), scope));
                leaves.put(entry.name(), leaf);
            }
        }
    }

    private Tensor own(Tensor tensor, PointerScope scope) {
        tensor.retainReference(); // or detaching would free it
        scope.detach(tensor);
        owned.add(tensor);
        return tensor;
    }

    private static Tensor view(Tensor flat, Layout.Entry entry) {
        return flat.narrow(0, entry.offset(), entry.size()).view(entry.shape());
    }

    private long bytes() {
        return (long) BUFFERS * Float.BYTES * layout.size();
    }

    private static void checkLength(String name, float[] values, Layout layout) {
        if (values.length != layout.size()) {
            throw new IllegalArgumentException(
                    "%s has %d values, the layout holds %d"
                            .formatted(name, values.length, layout.size()));
        }
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public Outputs run(Inputs inputs, Set<String> wanted) {
        engine.pinThread();
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOff = new AutoGradMode(false)) {
            return read(forward(inputs), wanted);
        }
    }

    @Override
    public Outputs differentiate(Inputs inputs, Set<String> wanted) {
        engine.pinThread();
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOn = new AutoGradMode(true)) {
            gradient.zero_();
            Map<String, Tensor> outputs = forward(inputs);
            Tensor loss = outputs.get(Program.LOSS);
            if (loss == null || loss.numel() != 1) {
                throw new IllegalArgumentException(
                        "the program has no scalar named " + Program.LOSS);
            }
            loss.backward();
            return read(outputs, wanted);
        }
    }

    private Map<String, Tensor> forward(Inputs inputs) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        inputs.arrays().forEach((name, array) -> named.put(name, Tensors.input(array)));
        return program.outputs(LibtorchOps.INSTANCE, leaves, named);
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

    @Override
    public double gradientNorm() {
        engine.pinThread();
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOff = new AutoGradMode(false)) {
            return norm(gradient);
        }
    }

    /** Accumulated in double: in float the sum over a long buffer would lose small gradients. */
    private static double norm(Tensor tensor) {
        Tensor squares = tensor.mul(tensor);
        return Math.sqrt(
                squares.sum(new ScalarTypeOptional(torch.ScalarType.Double)).item_double());
    }

    @Override
    public void addWeightDecay(double decay, int from) {
        if (from < 0 || from > layout.size()) {
            throw new IllegalArgumentException(
                    "weight decay from element %d of %d".formatted(from, layout.size()));
        }
        if (decay == 0 || from == layout.size()) {
            return;
        }
        engine.pinThread();
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOff = new AutoGradMode(false)) {
            int count = layout.size() - from;
            gradient.narrow(0, from, count)
                    .add_(parameters.narrow(0, from, count), new Scalar(decay));
        }
    }

    @Override
    public double adam(AdamConfig config, double rate, double gradientScale, long step) {
        engine.pinThread();
        double correction1 = 1 - Math.pow(config.beta1(), (double) step);
        double correction2 = 1 - Math.pow(config.beta2(), (double) step);
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOff = new AutoGradMode(false)) {
            if (gradientScale != 1) {
                gradient.mul_(new Scalar(gradientScale));
            }
            firstMoment.mul_(new Scalar(config.beta1()));
            firstMoment.add_(gradient, new Scalar(1 - config.beta1()));
            secondMoment.mul_(new Scalar(config.beta2()));
            secondMoment.addcmul_(gradient, gradient, new Scalar(1 - config.beta2()));
            Tensor root = secondMoment.sqrt();
            root.mul_(new Scalar(1 / Math.sqrt(correction2)));
            root.add_(new Scalar(config.epsilon()));
            Tensor change = firstMoment.div(root);
            change.mul_(new Scalar(-rate / correction1));
            double ratio = norm(change) / norm(parameters);
            parameters.add_(change);
            return ratio;
        }
    }

    @Override
    public float[] parameters() {
        return copy(parameters);
    }

    @Override
    public float[] gradient() {
        return copy(gradient);
    }

    @Override
    public float[] firstMoment() {
        return copy(firstMoment);
    }

    @Override
    public float[] secondMoment() {
        return copy(secondMoment);
    }

    private static float[] copy(Tensor flat) {
        try (PointerScope scope = new PointerScope()) {
            return Tensors.read(flat);
        }
    }

    @Override
    public void setParameters(float[] values) {
        overwrite("parameters", parameters, values);
    }

    @Override
    public void setMoments(float[] first, float[] second) {
        overwrite("first moment", firstMoment, first);
        overwrite("second moment", secondMoment, second);
    }

    private void overwrite(String name, Tensor flat, float[] values) {
        checkLength(name, values, layout);
        try (PointerScope scope = new PointerScope()) {
            if (values.length > 0) {
                flat.data_ptr_float().put(values, 0, values.length);
            }
        }
    }

    @Override
    public void close() {
        if (!owned.isEmpty()) {
            owned.forEach(Tensor::close);
            owned.clear();
            engine.account(-bytes());
        }
    }
}
