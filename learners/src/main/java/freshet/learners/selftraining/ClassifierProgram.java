package freshet.learners.selftraining;

import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs a network from one layer to another, and its loss.
 *
 * <p>Inputs: {@code layer0}, {@code layer1}, ...: exactly one of them, {@code [B, ...]}, where to
 * start. With {@code stop1}, ... (any value) it gives that layer under {@code layer1}, ... and goes
 * no further; else the layers passed and {@value #LOGITS} {@code [B, C]}. With {@value #TARGETS}
 * {@code [B, C]} (shares of the classes) it gives the loss: mean cross-entropy in nats. With
 * {@value #SOURCE} (examples, {@code [S, ...]}) and {@value #SOURCE_TARGETS} {@code [S, C]} their
 * mean cross-entropy is added to it; target rows that sum to w weigh it by w.
 */
public final class ClassifierProgram implements Program {

    static final String LAYER = "layer";
    static final String STOP = "stop";
    static final String LOGITS = "logits";
    static final String TARGETS = "targets";
    static final String SOURCE = "source";
    static final String SOURCE_TARGETS = "sourceTargets";

    private final LayeredNetwork network;

    public ClassifierProgram(LayeredNetwork network) {
        this.network = network;
    }

    @Override
    public <T> Map<String, T> outputs(
            Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
        Map<String, T> outputs = new LinkedHashMap<>();
        int layer = start(inputs);
        T representation = inputs.get(LAYER + layer);
        checkShape(LAYER + layer, ops.shape(representation), layer);
        while (layer < network.layers()) {
            representation = network.block(ops, parameters, layer, representation);
            layer++;
            outputs.put(LAYER + layer, representation);
            if (inputs.containsKey(STOP + layer)) {
                return outputs;
            }
        }
        T logits = network.logits(ops, parameters, representation);
        outputs.put(LOGITS, logits);
        if (inputs.containsKey(TARGETS)) {
            T loss = crossEntropy(ops, logits, inputs.get(TARGETS));
            if (inputs.containsKey(SOURCE)) {
                T source = inputs.get(SOURCE);
                checkShape(SOURCE, ops.shape(source), 0);
                for (int block = 0; block < network.layers(); block++) {
                    source = network.block(ops, parameters, block, source);
                }
                T sourceLogits = network.logits(ops, parameters, source);
                loss = ops.add(loss, crossEntropy(ops, sourceLogits, inputs.get(SOURCE_TARGETS)));
            }
            outputs.put(LOSS, loss);
        }
        return outputs;
    }

    private int start(Map<String, ?> inputs) {
        for (int layer = 0; layer <= network.layers(); layer++) {
            if (inputs.containsKey(LAYER + layer)) {
                return layer;
            }
        }
        throw new IllegalArgumentException(
                "no layer to start from among the inputs " + inputs.keySet());
    }

    private void checkShape(String name, long[] actual, int layer) {
        long[] one = network.shape(layer);
        long[] expected = new long[one.length + 1];
        expected[0] = actual.length == 0 ? -1 : actual[0];
        System.arraycopy(one, 0, expected, 1, one.length);
        if (!Arrays.equals(expected, actual)) {
            expected[0] = -1;
            throw new IllegalArgumentException(
                    "%s has shape %s, expected %s"
                            .formatted(name, Arrays.toString(actual), Arrays.toString(expected)));
        }
    }

    /** Mean over the batch of minus the sum of target times log-probability; a scalar. */
    private static <T> T crossEntropy(Ops<T> ops, T logits, T targets) {
        if (!Arrays.equals(ops.shape(logits), ops.shape(targets))) {
            throw new IllegalArgumentException(
                    "targets have shape %s, logits %s"
                            .formatted(
                                    Arrays.toString(ops.shape(targets)),
                                    Arrays.toString(ops.shape(logits))));
        }
        T agreement = ops.multiply(targets, ops.logSoftmax(logits, 1));
        return ops.multiply(ops.sumAll(agreement), -1.0 / ops.shape(logits)[0]);
    }
}
