package freshet.benchmarks.images.baselines;

import freshet.learners.vision.OnlineClassifier;
import java.util.Arrays;
import java.util.List;

/** Asks a classifier for each picture of a stream, and teaches it the labels as they come. */
public final class LateLabels {

    private final List<float[]> features;
    private final int[] labels;
    private final int source;
    private final int delay;

    /**
     * @param features of each picture
     * @param source pictures at the start whose label comes with them
     * @param delay of the others' labels, in pictures; below 0: they never come
     */
    public LateLabels(List<float[]> features, int[] labels, int source, int delay) {
        this.features = features;
        this.labels = labels;
        this.source = source;
        this.delay = delay;
    }

    /** Share of right answers in each window of so many pictures. */
    public double[] accuracy(OnlineClassifier classifier, int window) {
        double[] right = new double[(labels.length + window - 1) / window];
        for (int i = 0; i < labels.length; i++) {
            if (classifier.classify(features.get(i)) == labels[i]) {
                right[i / window]++;
            }
            if (i < source) {
                classifier.learn(features.get(i), labels[i]);
            } else if (delay >= 0 && i - delay >= source) {
                classifier.learn(features.get(i - delay), labels[i - delay]);
            }
        }
        double[] shares = new double[right.length];
        Arrays.setAll(
                shares, at -> right[at] / Math.min(window, labels.length - (long) at * window));
        return shares;
    }
}
