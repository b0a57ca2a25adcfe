package freshet.operators;

import java.io.Serializable;

/**
 * Who may use a job that learns many models, and how much.
 *
 * @param maxModels in [1, 100000]; the name that comes after so many is turned away
 * @param bytesPerSecond of records that a model may use for long, by the log's timestamps, in [0,
 *     1000000000]; 0: any number
 * @param burstBytes that it may use at once after a pause, in [1, 1000000000]
 */
public record AdmissionConfig(ModelNames names, int maxModels, int bytesPerSecond, int burstBytes)
        implements Serializable {

    private static final int MOST = 1_000_000_000;

    public AdmissionConfig {
        ManyLearnersConfig.check("many.max-models", maxModels, 1, 100_000);
        ManyLearnersConfig.check("many.bytes-per-second", bytesPerSecond, 0, MOST);
        ManyLearnersConfig.check("many.burst-bytes", burstBytes, 1, MOST);
    }
}
