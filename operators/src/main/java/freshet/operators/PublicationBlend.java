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

    private final DepthBlend.Config config;
    private final DepthBlend blend;
    private byte[] base;

    PublicationBlend(DepthBlend.Config config, PublishedForm form) {
        this.config = config;
        blend = config.enabled() ? new DepthBlend(config, form.layout()) : null;
    }

    /** What the learner would publish now is the base, if there is none yet. */
    void begin(OnlineLearner<?> learner) {
        if (config.enabled() && base == null) {
            base = learner.publish().bytes();
        }
    }

    /** The version to publish in place of the learner's own. */
    ModelArtifact of(ModelArtifact own) {
        return config.enabled() ? blend.of(base, own) : own;
    }

    boolean hasState() {
        return config.enabled();
    }

    byte[] snapshot() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    out.writeInt(base.length);
                    out.write(base);
                });
    }

    void restore(byte[] state) {
        SavedState.read(
                "base of published versions",
                FORMAT_VERSION,
                state,
                in -> base = in.readNBytes(in.readInt()));
    }
}
