package freshet.learners.selftraining;

/**
 * Examples of one kind that are learned in one update.
 *
 * @param target whether they are of the domain to follow; source examples always have labels
 * @param count B
 * @param examples {@code [B, ...]} as the network reads them
 * @param labels {@code [B]} classes, or none if they are not known; a target batch with labels
 *     teaches with them
 */
public record ExampleBatch(boolean target, int count, float[] examples, int[] labels) {

    public static ExampleBatch source(float[] examples, int[] labels) {
        return new ExampleBatch(false, labels.length, examples, labels);
    }

    public static ExampleBatch target(float[] examples, int count) {
        return new ExampleBatch(true, count, examples, new int[0]);
    }

    public static ExampleBatch labelledTarget(float[] examples, int[] labels) {
        return new ExampleBatch(true, labels.length, examples, labels);
    }

    boolean labelled() {
        return labels.length > 0;
    }

    /**
     * @throws IllegalArgumentException if the batch does not fit {@code network}
     */
    void check(LayeredNetwork network) {
        if (count < 1 || examples.length != (long) count * network.size(0)) {
            throw new IllegalArgumentException(
                    "batch of %d examples has %d numbers, one example has %d"
                            .formatted(count, examples.length, network.size(0)));
        }
        if (labels.length != count && (labels.length > 0 || !target)) {
            throw new IllegalArgumentException(
                    "batch of %d %s examples has %d labels"
                            .formatted(count, target ? "target" : "source", labels.length));
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= network.classes()) {
                throw new IllegalArgumentException(
                        "labels[%d] is %d, classes are [0, %d)"
                                .formatted(i, labels[i], network.classes()));
            }
        }
    }
}
