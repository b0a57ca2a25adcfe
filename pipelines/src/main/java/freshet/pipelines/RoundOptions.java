package freshet.pipelines;

import static org.apache.flink.configuration.ConfigOptions.key;

import freshet.learners.DepthBlend;
import freshet.learners.stability.remedies.PolicySource;
import freshet.operators.RoundConfig;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of learning one text model by several workers. */
public final class RoundOptions {

    public static final ConfigOption<Integer> WORKERS =
            key("rounds.workers")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Texts: subtasks that learn each model together, from 1 to 128; each"
                                    + " source belongs to one of them. Fixed for the life of the"
                                    + " state. Above 1 a version is published a round, and learners"
                                    + " take no orders.");
    public static final ConfigOption<Integer> BATCHES =
            key("rounds.batches")
                    .intType()
                    .defaultValue(16)
                    .withDescription(
                            "Updates of each worker, on average, after which all take the mean of"
                                    + " what they have, from 1 to 1000000; each then sends four"
                                    + " times the weights to kafka.topics.rounds.");

    private RoundOptions() {}

    /** Whether several workers learn one model. */
    public static boolean enabled(ReadableConfig config) {
        return config.get(WORKERS) != 1;
    }

    /**
     * Reads and checks them, and what cannot go together with several workers.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    public static RoundConfig rounds(ReadableConfig config) {
        var rounds = new RoundConfig(config.get(WORKERS), config.get(BATCHES));
        if (rounds.workers() == 1) {
            return rounds;
        }
        check(
                config.get(FreshetOptions.PIPELINE) == FreshetOptions.Pipeline.TEXT,
                "is for texts, set pipeline: text");
        check(
                !config.get(ManyOptions.ENABLED),
                "is for one model, " + ManyOptions.ENABLED.key() + " has one for each source");
        check(
                BlendOptions.read(config).equals(DepthBlend.Config.NONE),
                "publishes what was learned, leave out " + BlendOptions.ALPHA.key());
        check(
                StabilityOptions.remedies(config) == PolicySource.Mode.OFF,
                "has learners that take no orders, set "
                        + StabilityOptions.REMEDIES.key()
                        + ": off");
        check(
                !config.get(CheckpointingOptions.ENABLE_UNALIGNED),
                "needs aligned checkpoints, leave out "
                        + CheckpointingOptions.ENABLE_UNALIGNED.key());
        return rounds;
    }

    private static void check(boolean isMet, String otherwise) {
        if (!isMet) {
            throw new IllegalArgumentException(WORKERS.key() + " above 1 " + otherwise);
        }
    }
}
