package freshet.operators;

import freshet.learners.ModelArtifact;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A model in memory that takes the weights of whichever version is asked for; made with the first.
 * Owns the model until closed.
 */
final class ServedModel<M extends AutoCloseable> implements AutoCloseable {

    private static final long NONE = -1;

    private final Function<ModelArtifact, M> make;
    private final BiConsumer<M, ModelArtifact> load;

    private M model;
    private long version;

    ServedModel(Function<ModelArtifact, M> make, BiConsumer<M, ModelArtifact> load) {
        this.make = make;
        this.load = load;
    }

    /** The model with that version's weights. */
    M of(ModelVersion wanted) {
        if (model == null) {
            model = make.apply(wanted.artifact());
        } else if (version != wanted.version) {
            load.accept(model, wanted.artifact());
        }
        version = wanted.version;
        return model;
    }

    /** The weights in it are of another model: loads them also for a version of the same number. */
    void forget() {
        version = NONE;
    }

    @Override
    public void close() throws Exception {
        if (model != null) {
            model.close();
        }
    }
}
