package freshet.engines.libtorch;

import freshet.learners.tensor.AdamConfig;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam's update as a recorded step, the same to the last bit as one that is not: what changes from
 * update to update lies in a small tensor, and so do the norms that it gives. Works on tensors that
 * are not its own.
 */
final class FixedAdam implements AutoCloseable {

    private static final int FACTORS = 3; // of gradient, root and change
    private static final int SUMS = 2; // of squares of change and parameters

    private final LibtorchEngine engine;
    private final Device device;
    private final AdamConfig config;
    private final Tensor parameters;
    private final Tensor gradient;
    private final Tensor firstMoment;
    private final Tensor secondMoment;
    private final List<Tensor> owned = new ArrayList<>();
    private final Tensor root;
    private final Tensor change;
    private final Tensor factors;
    private final Tensor factorsOnHost;
    private final Tensor sums;
    private final Tensor sumsOnHost;
    private Recorder.Recording recording;
    private int calls;

    /** Takes all its memory at once, so that no update can fail half done. */
    FixedAdam(
            LibtorchEngine engine,
            AdamConfig config,
            Tensor parameters,
            Tensor gradient,
            Tensor firstMoment,
            Tensor secondMoment) {
        this.engine = engine;
        this.device = engine.device();
        this.config = config;
        this.parameters = parameters;
        this.gradient = gradient;
        this.firstMoment = firstMoment;
        this.secondMoment = secondMoment;
        engine.memory().reserve(bytes(), "an update of %d parameters".formatted(count()));
        try (PointerScope scope = new PointerScope()) {
            root = own(torch.empty_like(parameters), scope);
            change = own(torch.empty_like(parameters), scope);
            factors = own(onDevice(torch.ScalarType.Float, FACTORS), scope);
            sums = own(onDevice(torch.ScalarType.Double, SUMS), scope);
            factorsOnHost =
                    device.isHost() ? factors : own(onHost(torch.ScalarType.Float, FACTORS), scope);
            sumsOnHost = device.isHost() ? sums : own(onHost(torch.ScalarType.Double, SUMS), scope);
        }
    }

    private long count() {
        return parameters.numel();
    }

    private long bytes() {
        return 2 * Float.BYTES * count();
    }

    private Tensor own(Tensor tensor, PointerScope scope) {
        owned.add(Tensors.own(tensor, scope));
        return tensor;
    }

    private Tensor onDevice(torch.ScalarType type, long count) {
        return Tensors.empty(device.options(type), count);
    }

    private Tensor onHost(torch.ScalarType type, long count) {
        return Tensors.empty(device.hostOptions(type), count);
    }

    AdamConfig config() {
        return config;
    }

    /** Does one update; returns the norm of the change over that of the parameters. */
    double run(double gradientScale, double rootScale, double changeScale) {
        try (PointerScope scope = new PointerScope()) {
            factorsOnHost
                    .data_ptr_float()
                    .put((float) gradientScale, (float) rootScale, (float) changeScale);
            if (!device.isHost()) {
                factors.copy_(factorsOnHost, true);
            }
        }
        if (recording == null && calls == FixedStep.WARM_UPS) {
            recording = device.recorder().record(this::update);
        }
        if (recording == null) {
            try (PointerScope scope = new PointerScope()) {
                update();
            }
            calls++;
        } else {
            recording.replay();
        }
        try (PointerScope scope = new PointerScope()) {
            if (!device.isHost()) {
                sumsOnHost.copy_(sums, true);
            }
            device.await();
            var values = sumsOnHost.data_ptr_double();
            return Math.sqrt(values.get(0)) / Math.sqrt(values.get(1));
        }
    }

    private void update() {
        try (AutoGradMode gradientOff = new AutoGradMode(false)) {
            gradient.mul_(factors.select(0, 0));
            firstMoment.mul_(new Scalar(config.beta1()));
            firstMoment.add_(gradient, new Scalar(1 - config.beta1()));
            secondMoment.mul_(new Scalar(config.beta2()));
            secondMoment.addcmul_(gradient, gradient, new Scalar(1 - config.beta2()));
            torch.sqrt_out(root, secondMoment);
            root.mul_(factors.select(0, 1));
            root.add_(new Scalar(config.epsilon()));
            torch.div_out(change, firstMoment, root);
            change.mul_(factors.select(0, 2));
            sums.select(0, 0)
                    .copy_(LibtorchOptimiser.sumOfSquares(torch.mul_out(root, change, change)));
            sums.select(0, 1)
                    .copy_(
                            LibtorchOptimiser.sumOfSquares(
                                    torch.mul_out(root, parameters, parameters)));
            parameters.add_(change);
        }
    }

    @Override
    public void close() {
        if (recording != null) {
            recording.close();
        }
        owned.forEach(Tensor::close);
        engine.memory().release(bytes());
    }
}
