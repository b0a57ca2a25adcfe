package freshet.learners.tensor;

import java.util.Map;

/**
 * A pure function from parameters and inputs to named outputs, the same for every engine.
 *
 * <p>For a {@link Session#differentiate} it must put a scalar under {@link #LOSS}.
 */
@FunctionalInterface
public interface Program {

    String LOSS = "loss";

    <T> Map<String, T> outputs(Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs);
}
