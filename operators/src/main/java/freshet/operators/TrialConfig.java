package freshet.operators;

import freshet.learners.scoring.PairedTrial;
import java.io.Serializable;

/**
 * How new versions are tried before all keys are served by them.
 *
 * @param share of the keys that a candidate answers, in [0, 0.5]; 0: every version is served at
 *     once
 * @param test when it is promoted or rolled back; losses in nats
 */
public record TrialConfig(double share, PairedTrial.Config test) implements Serializable {

    public static final TrialConfig NONE =
            new TrialConfig(0, new PairedTrial.Config(2, 2, 0, 0.05));

    public TrialConfig {
        if (!(share >= 0 && share <= 0.5)) {
            throw new IllegalArgumentException(
                    "serve.trial-share is %s, must be from 0 to 0.5".formatted(share));
        }
    }

    public boolean enabled() {
        return share > 0;
    }
}
