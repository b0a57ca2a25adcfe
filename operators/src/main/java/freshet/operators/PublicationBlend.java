package freshet.operators;

import freshet.learners.DepthBlend;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.SavedState;

/**
 * The base that published versions are blended with: the weights that the learner began with, or,
 * if the option was set later, had when the job went on with it. They stay the base whatever
 * becomes of the learner.
 *
 * <p>State: the base's weights, if there is a blend.
 */
final class PublicationBlend {

    private static final int FORMAT_VERSION = 1;

    private final DepthBlend blend; // null: the learner's own weights are published
    private byte[] base;

    PublicationBlend(DepthBlend.Config config, PublishedForm form) {
        blend = config.enabled() ? new DepthBlend(config, form.layout()) : null;
    }

    /** What the learner would publish now is the base, if there is none yet. */
    void begin(OnlineLearner<?> learner) {
        if (blend != null && base == null) {
            base = learner.publish().bytes();
        }
    }

    /** The version to publish in place of the learner's own. */
    ModelArtifact of(ModelArtifact own) {
        return blend == null ? own : blend.of(base, own);
    }

    boolean hasState() {
        return blend != null;
    }

    byte[] snapshot() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    SavedState.writeBlock(out, base);
                });
    }

    void restore(byte[] state) {
        SavedState.read(
                "base of published versions",
                FORMAT_VERSION,
                state,
                in -> base = SavedState.readBlock(in));
    }
}
