package freshet.learners.vision;

import freshet.learners.selftraining.LayeredNetwork;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.util.Map;

/**
 * A network that reads an encoder's features; the same network, but of a configuration of its own.
 *
 * @param network reads {@code encoder}'s features
 * @param encoder {@link FeatureEncoder#identity} of it
 */
public record BehindEncoder(LayeredNetwork network, String encoder) implements LayeredNetwork {

    @Override
    public String fingerprint() {
        return "encoder [%s] %s".formatted(encoder, network.fingerprint());
    }

    @Override
    public Layout.Builder layout() {
        return network.layout();
    }

    @Override
    public int classes() {
        return network.classes();
    }

    @Override
    public int layers() {
        return network.layers();
    }

    @Override
    public long[] shape(int layer) {
        return network.shape(layer);
    }

    @Override
    public String firstParameter(int layer) {
        return network.firstParameter(layer);
    }

    @Override
    public <T> T block(Ops<T> ops, Map<String, T> parameters, int block, T input) {
        return network.block(ops, parameters, block, input);
    }

    @Override
    public <T> T logits(Ops<T> ops, Map<String, T> parameters, T input) {
        return network.logits(ops, parameters, input);
    }
}
