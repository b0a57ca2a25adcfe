package freshet.learners.vision;

import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A classifier that learns one labelled picture after another: what learners of ours are measured
 * beside. Not thread-safe.
 */
public interface OnlineClassifier {

    /**
     * The likeliest class.
     *
     * @param features of a picture, as many at each call
     */
    int classify(float[] features);

    /** Learns a picture, at once or with some that follow. */
    void learn(float[] features, int label);

    /** Makes classifiers with a library that is not always there. */
    interface Provider {

        /** What it is, for people. */
        String name();

        /** One that reads the pixels of pictures of that form, in [0, 1]. */
        OnlineClassifier start(ImageForm form, int classes, long seed);
    }

    /** The provider on the class path; empty if there is none. */
    static Optional<Provider> provider() {
        return ServiceLoader.load(Provider.class, OnlineClassifier.class.getClassLoader())
                .findFirst();
    }
}
