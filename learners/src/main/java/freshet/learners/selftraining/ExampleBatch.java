package freshet.learners.selftraining;

import java.util.Locale;

/**
 * Examples of one kind that are learned in one update.
 *
 * @param kind which domain they are of, and whether they are to be learned
 * @param count B
 * @param examples {@code [B, ...]} as the network reads them
 * @param labels {@code [B]} classes, or none if they are not known; a target batch with labels
 *     teaches with them
 */
public record ExampleBatch(Kind kind, int count, float[] examples, int[] labels) {

    /** What examples are for. */
    public enum Kind {
        /** Learned with their labels, before the domain changes. */
        SOURCE,
        /** Of the domain to follow. */
        TARGET,
        /** Never learned: with their labels they judge what is published. */
        CANARY
    }

    public static ExampleBatch source(float[] examples, int[] labels) {
        return new ExampleBatch(Kind.SOURCE, labels.length, examples, labels);
    }

    public static ExampleBatch target(float[] examples, int count) {
        return new ExampleBatch(Kind.TARGET, count, examples, new int[0]);
    }

    public static ExampleBatch labelledTarget(float[] examples, int[] labels) {
        return new ExampleBatch(Kind.TARGET, labels.length, examples, labels);
    }

    public static ExampleBatch canary(float[] examples, int[] labels) {
        return new ExampleBatch(Kind.CANARY, labels.length, examples, labels);
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
        if (labels.length != count && (labels.length > 0 || kind != Kind.TARGET)) {
            throw new IllegalArgumentException(
                    "batch of %d %s examples has %d labels"
                            .formatted(count, kind.name().toLowerCase(Locale.ROOT), labels.length));
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
