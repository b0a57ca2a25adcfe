package freshet.learners.language;

import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Program;
import java.util.Map;

/** Forward and loss. */
public final class TransformerProgram implements Program {
    public TransformerProgram(LanguageModelConfig config, double activationL2) {}

    @Override
    public <T> Map<String, T> outputs(
            Ops<T> ops, Map<String, T> parameters, Map<String, T> inputs) {
        throw new UnsupportedOperationException("being written");
    }
}
