package freshet.learners.vision;

import java.io.Serializable;

/**
 * Stands in front of the network that learns, and never learns itself: the same image gives the
 * same features for ever, so that reservoirs, canaries and snapshots may keep features.
 */
public interface FeatureEncoder extends Serializable {

    /**
     * Name, version and everything else that its features depend on. Part of the configuration that
     * a model version carries: a predictor with another encoder refuses it.
     */
    String identity();

    /** Numbers that it makes of an image of that form. */
    int size(ImageForm form);

    /**
     * Features of one image.
     *
     * @param image {@code [C, H, W]} in [0, 1]
     * @return {@code [size(form)]}
     */
    float[] encode(float[] image, ImageForm form);
}
