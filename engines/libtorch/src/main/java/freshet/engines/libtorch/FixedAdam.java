package freshet.engines.libtorch;

import freshet.learners.tensor.AdamConfig;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam's update as a recorded step, the same to the last bit as one that is not: what changes from
 * update to update lies in a small tensor, and so do the norms that it gives. Works on tensors that
 * are not its own.
 */
final class FixedAdam implements AdamUpdate.Factors, AdamUpdate.Norms, AutoCloseable {

    private static final int FACTORS = 3; // of gradient, root and change
    private static final int SUMS = 2; // of squares of change and parameters

    private final LibtorchEngine engine;
    private final Device device;
    private final AdamUpdate update;
    private final List<Tensor> owned = new ArrayList<>();
    private final Tensor root;
    private final Tensor change;
    private final Tensor factors;
    private final Tensor factorsOnHost;
    private final Tensor sums;
    private final Tensor sumsOnHost;
    private final WarmedUp updating;

    /** Takes all its memory at once, so that no update can fail half done. */
    FixedAdam(LibtorchEngine engine, AdamUpdate update) {
        this.engine = engine;
        this.device = engine.device();
        this.update = update;
        updating = new WarmedUp(device.recorder(), this::compute);
        engine.memory().reserve(bytes(), "an update of %d parameters".formatted(count()));
        try (PointerScope scope = new PointerScope()) {
            root = own(torch.empty_like(update.parameters()), scope);
            change = own(torch.empty_like(update.parameters()), scope);
            factors = own(onDevice(torch.ScalarType.Float, FACTORS), scope);
            sums = own(onDevice(torch.ScalarType.Double, SUMS), scope);
            factorsOnHost =
                    device.isHost() ? factors : own(onHost(torch.ScalarType.Float, FACTORS), scope);
            sumsOnHost = device.isHost() ? sums : own(onHost(torch.ScalarType.Double, SUMS), scope);
        }
    }

    private long count() {
        return update.parameters().numel();
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
        return update.config();
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
        updating.run();
        try (PointerScope scope = new PointerScope()) {
            if (!device.isHost()) {
                sumsOnHost.copy_(sums, true);
            }
            device.await();
            var values = sumsOnHost.data_ptr_double();
            return Math.sqrt(values.get(0)) / Math.sqrt(values.get(1));
        }
    }

    private void compute() {
        update.run(root, change, this, this);
    }

    @Override
    public void scaleGradient(Tensor gradient) {
        gradient.mul_(factors.select(0, 0));
    }

    @Override
    public void scaleRoot(Tensor ofSecondMoment) {
        ofSecondMoment.mul_(factors.select(0, 1));
    }

    @Override
    public void scaleChange(Tensor byMoments) {
        byMoments.mul_(factors.select(0, 2));
    }

    @Override
    public void take(Tensor ofChange, Tensor ofParameters) {
        sums.select(0, 0).copy_(ofChange);
        sums.select(0, 1).copy_(ofParameters);
    }

    @Override
    public void close() {
        updating.close();
        owned.forEach(Tensor::close);
        engine.memory().release(bytes());
    }
}
