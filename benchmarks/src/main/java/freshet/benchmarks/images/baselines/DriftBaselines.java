package freshet.benchmarks.images.baselines;

import freshet.learners.vision.DriftSource;
import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.FeatureEncoder;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.OnlineClassifier;
import freshet.learners.vision.OrientedGradients;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Online classifiers on a stream of pictures that drifts, each on pixels or gradients. */
public final class DriftBaselines {

    private static final ImageForm FORM = new ImageForm(1, 28, 28);
    private static final int CLASSES = FashionMnist.CLASSES.size();
    private static final FeatureEncoder GRADIENTS = new OrientedGradients(4, 9);

    /**
     * On 6,400 upright pictures of another seed the best of 0.003 to 0.3 for pixels, and within 0.2
     * points of the best for gradients.
     */
    private static final double RATE = 0.03;

    private final List<float[]> pixels = new ArrayList<>();
    private final List<float[]> gradients = new ArrayList<>();
    private final int[] labels;
    private final int source;
    private final int delay;

    /**
     * @param labels of the first pictures of the stream: as many are taken
     * @param source pictures at the start whose label comes with them
     * @param delay of the others' labels, in pictures
     */
    public DriftBaselines(DriftSource stream, int[] labels, int source, int delay) {
        this.labels = labels;
        this.source = source;
        this.delay = delay;
        for (int i = 0; i < labels.length; i++) {
            byte[] bytes = stream.get(i).pixels();
            float[] picture = new float[bytes.length];
            for (int k = 0; k < picture.length; k++) {
                picture[k] = (bytes[k] & 0xff) / 255f;
            }
            pixels.add(picture);
            gradients.add(GRADIENTS.encode(picture, FORM));
        }
    }

    /** Takes a row. */
    public interface Rows {

        /**
         * @param learnsAll whether it learns late labels too, not only the source's
         * @param accuracy of each window
         * @param starts what it has to say of its own detector
         */
        void add(String model, boolean learnsAll, double[] accuracy, String starts);
    }

    /** Runs them one after another. */
    public void run(int window, Rows rows) {
        Supplier<OnlineClassifier> softmax =
                () -> new SoftmaxRegression(GRADIENTS.size(FORM), CLASSES, RATE);
        Supplier<OnlineClassifier> bayes =
                () -> new GaussianNaiveBayes(GRADIENTS.size(FORM), CLASSES);
        rows.add(
                "softmax regression on gradients",
                false,
                new LateLabels(gradients, labels, source, -1).accuracy(softmax.get(), window),
                "");
        late(
                "softmax regression on pixels",
                pixels,
                new SoftmaxRegression(FORM.size(), CLASSES, RATE),
                window,
                rows);
        late("softmax regression on gradients", gradients, softmax.get(), window, rows);
        late("naive Bayes on gradients", gradients, bayes.get(), window, rows);
        startedAnew("naive Bayes on gradients", bayes, window, rows);
        startedAnew("softmax regression on gradients", softmax, window, rows);
        OnlineClassifier.provider()
                .ifPresent(
                        library ->
                                late(
                                        library.name(),
                                        pixels,
                                        library.start(FORM, CLASSES, 1),
                                        window,
                                        rows));
    }

    private void late(
            String model,
            List<float[]> features,
            OnlineClassifier classifier,
            int window,
            Rows rows) {
        double[] accuracy =
                new LateLabels(features, labels, source, delay).accuracy(classifier, window);
        rows.add(model, true, accuracy, "");
    }

    private void startedAnew(
            String model, Supplier<OnlineClassifier> empty, int window, Rows rows) {
        var anew = new StartedAnew(empty);
        double[] accuracy = new LateLabels(gradients, labels, source, delay).accuracy(anew, window);
        rows.add(
                model + ", started anew by ADWIN",
                true,
                accuracy,
                "begun anew %d times".formatted(anew.starts()));
    }
}
