package freshet.engines.libtorch;

import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A run of a program with inputs of fixed shapes. Inputs, outputs and constants have places that
 * stay, so that what happens between can be recorded once and replayed, see {@link WarmedUp}.
 */
final class FixedStep implements OpsContext, AutoCloseable {

    /** What is done between inputs and outputs. */
    interface Body {
        Map<String, Tensor> compute(OpsContext context, Map<String, Tensor> inputs);
    }

    private record Constant(float[] values, long[] shape, Tensor tensor) {}

    private final LibtorchEngine engine;
    private final Device device;
    private final SortedSet<String> wanted;
    private final Body body;
    private final Map<String, InputPlace> inputs = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>(); // of the inputs
    private final List<Constant> constants = new ArrayList<>();
    private final List<Tensor> owned = new ArrayList<>();
    private final Map<String, Integer> sizes = new LinkedHashMap<>(); // of the outputs
    private Tensor outputs; // all, one after the other
    private Tensor outputsOnHost;
    private final WarmedUp computing;
    private int nextConstant;
    private long bytes;

    /**
     * @param wanted outputs to bring back
     */
    FixedStep(LibtorchEngine engine, SortedSet<String> wanted, Body body) {
        this.engine = engine;
        this.device = engine.device();
        this.wanted = wanted;
        this.body = body;
        computing = new WarmedUp(device.recorder(), this::compute);
    }

    private void makeInputs(Inputs values) {
        values.arrays()
                .forEach(
                        (name, array) -> {
                            hold(InputPlace.bytes(array), "an input of a step");
                            var place = new InputPlace(device, array);
                            inputs.put(name, place);
                            tensors.put(name, place.tensor());
                        });
    }

    private void hold(long more, String what) {
        engine.memory().reserve(more, what);
        bytes += more;
    }

    /** Does it once; inputs have the same names and shapes each time. A failed one is closed. */
    Outputs run(Inputs values) {
        if (computing.isNew()) {
            makeInputs(values);
        }
        values.arrays().forEach((name, array) -> inputs.get(name).check(array));
        values.arrays().forEach((name, array) -> inputs.get(name).put(array));
        computing.run();
        return read();
    }

    private void compute() {
        nextConstant = 0;
        Map<String, Tensor> computed = body.compute(this, tensors);
        try (AutoGradMode gradientOff = new AutoGradMode(false)) {
            if (outputs == null) {
                makeOutputs(computed);
            }
            int at = 0;
            for (var output : sizes.entrySet()) {
                int size = output.getValue();
                Tensor from = computed.get(output.getKey()).detach().reshape(size);
                outputs.narrow(0, at, size).copy_(from);
                at += size;
            }
        }
    }

    private void makeOutputs(Map<String, Tensor> computed) {
        int all = 0;
        for (String name : wanted) {
            Tensor output = computed.get(name);
            if (output == null) {
                throw new IllegalArgumentException(
                        "the program has no output %s, it has %s"
                                .formatted(name, computed.keySet()));
            }
            int size = Math.toIntExact(output.numel());
            sizes.put(name, size);
            all += size;
        }
        hold((long) Float.BYTES * all, "the outputs of a step");
        try (PointerScope scope = new PointerScope()) {
            outputs = own(Tensors.empty(device.options(torch.ScalarType.Float), all), scope);
            outputsOnHost =
                    device.isHost()
                            ? outputs
                            : own(
                                    Tensors.empty(device.hostOptions(torch.ScalarType.Float), all),
                                    scope);
        }
    }

    private Tensor own(Tensor tensor, PointerScope scope) {
        owned.add(Tensors.own(tensor, scope));
        return tensor;
    }

    private Outputs read() {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        try (PointerScope scope = new PointerScope()) {
            if (!device.isHost()) {
                outputsOnHost.copy_(outputs, true);
            }
            device.await();
            var from = outputsOnHost.data_ptr_float();
            int at = 0;
            for (var output : sizes.entrySet()) {
                float[] values = new float[output.getValue()];
                from.position(at).get(values, 0, values.length);
                at += values.length;
                arrays.put(output.getKey(), values);
            }
        }
        return new Outputs(arrays);
    }

    boolean isRecorded() {
        return computing.isRecorded();
    }

    @Override
    public Precision precision() {
        return engine.precision();
    }

    /** Made in the first call and the same in all others: a program's constants are its own. */
    @Override
    public Tensor constant(float[] values, long... shape) {
        if (nextConstant == constants.size()) {
            if (!computing.isNew()) {
                throw new IllegalStateException("a program has more constants than it had before");
            }
            hold((long) Float.BYTES * values.length, "a constant of a step");
            try (PointerScope scope = new PointerScope()) {
                Tensor tensor = own(Tensors.floats(device, values, shape), scope);
                constants.add(new Constant(values.clone(), shape.clone(), tensor));
            }
        }
        Constant constant = constants.get(nextConstant++);
        if (!Arrays.equals(values, constant.values) || !Arrays.equals(shape, constant.shape)) {
            throw new IllegalStateException(
                    "a program's constant changed between two runs: give it as an input");
        }
        return constant.tensor;
    }

    @Override
    public Tensor zeros(long... shape) {
        return Tensors.empty(device.options(torch.ScalarType.Float), shape).zero_();
    }

    /** Indices that are an input are checked on the host, now and before every other run. */
    @Override
    @SuppressWarnings("ReferenceEquality") // a program is given the inputs' own objects
    public void looksUp(String operation, Tensor table, Tensor indices, long size) {
        for (InputPlace place : inputs.values()) {
            if (place.tensor() == indices) {
                place.limit(operation, Tensors.shape(table), size);
            }
        }
    }

    @Override
    public void close() {
        computing.close();
        inputs.values().forEach(InputPlace::close);
        owned.forEach(Tensor::close);
        engine.memory().release(bytes);
        bytes = 0;
    }
}
