package freshet.operators;

import freshet.learners.stability.AttentionFlow;
import java.io.Serializable;

/**
 * How predictions are served.
 *
 * @param evaluation true: a version takes effect at a fixed event time and texts wait for it, so
 *     that predictions are bit-identical across runs; false: a predictor never waits and takes the
 *     newest that has not seen the text, for a query the newest of all
 * @param delayMillis evaluation only: a version takes effect this long after its trainedThrough, at
 *     least 1, so that no text is scored by a model that has seen it
 * @param candidates next tokens whose probability is computed, from 5 to the vocabulary
 * @param frozenAtMillis event time at which a second, never again updated copy of the model is kept
 *     for comparison; negative for none
 * @param explainEvery one of so many texts of a source is explained; 0 for none
 * @param flowEvery of a model with more layers than {@link AttentionFlow#isKnownOutright} one of so
 *     many explained texts comes with the flow too; 0 for none
 * @param trial how new versions are tried on a share of the keys
 */
public record ServingConfig(
        boolean evaluation,
        long delayMillis,
        int candidates,
        long frozenAtMillis,
        int explainEvery,
        int flowEvery,
        TrialConfig trial)
        implements Serializable {

    /** Every version is served at once. */
    public ServingConfig(
            boolean evaluation,
            long delayMillis,
            int candidates,
            long frozenAtMillis,
            int explainEvery,
            int flowEvery) {
        this(
                evaluation,
                delayMillis,
                candidates,
                frozenAtMillis,
                explainEvery,
                flowEvery,
                TrialConfig.NONE);
    }

    public ServingConfig {
        if (delayMillis < 1) {
            throw new IllegalArgumentException(
                    "serve.evaluation-delay is %d ms, must be at least 1 ms: with less a text could"
                                    .formatted(delayMillis)
                            + " be scored by a model that has seen it");
        }
        if (candidates < 5) {
            throw new IllegalArgumentException(
                    "serve.candidates is %d, must be at least 5".formatted(candidates));
        }
    }

    /**
     * Whether a text is explained.
     *
     * @param place a number that goes up by one with each text of a source
     */
    boolean explains(long place) {
        return explainEvery > 0 && Math.floorMod(place, explainEvery) == 0;
    }

    /**
     * Whether a text that is explained comes with the attention flow.
     *
     * @param layers of the model
     */
    boolean hasFlow(long place, int layers) {
        return AttentionFlow.isKnownOutright(layers)
                || flowEvery > 0
                        && Math.floorMod(Math.floorDiv(place, explainEvery), flowEvery) == 0;
    }
}
