package freshet.operators;

import freshet.learners.ModelArtifact;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import freshet.schemas.UndecodableRecordException;
import java.util.Map;

/** A complete model version on its way from learner to predictors. */
public class ModelVersion {
    public String modelName;

    /** Batches that came before it, those passed over by order too: grows with every version. */
    public long version;

    /** Version before it, or -1. */
    public long parentVersion;

    /** Event time up to which it has learned; -1 for the untrained first version. */
    public long trainedThroughMillis;

    /**
     * Event time up to which no further version will appear: the same as {@code
     * trainedThroughMillis}, but {@link Long#MAX_VALUE} for the last version of a bounded stream.
     */
    public long completeThroughMillis;

    /** Log timestamp of the last record it has learned: what the learning lag is counted from. */
    public long learnedAppendTimeMillis;

    public String kind;
    public int formatVersion;
    public String configuration;
    public String tokenizerHash;
    public Map<String, String> metadata;

    /** The learner's own test-then-train score over the last window, bits per token. */
    public double scoreBitsPerToken;

    public byte[] bytes;

    /** A version with those weights; what it has learned and when is still to be said. */
    public static ModelVersion of(String modelName, long version, ModelArtifact artifact) {
        var made = new ModelVersion();
        made.modelName = modelName;
        made.version = version;
        made.kind = artifact.kind();
        made.formatVersion = artifact.formatVersion();
        made.configuration = artifact.configuration();
        made.metadata = artifact.metadata();
        made.bytes = artifact.bytes();
        return made;
    }

    private static final String ORDER = "order";

    /** An order to predictors, which travels among the versions to all of them. */
    public static ModelVersion order(String modelName, byte[] command) {
        var order = new ModelVersion();
        order.modelName = modelName;
        order.kind = ORDER;
        order.bytes = command;
        return order;
    }

    /**
     * The order to the model's predictors in a record of the control topic; null if it holds none:
     * who else obeys the record says if it cannot be read.
     */
    public static ModelVersion orderIn(byte[] record, String modelName) {
        if (record == null) {
            return null;
        }
        try {
            ControlCommand command = AvroCodec.of(ControlCommand.class).decode(record);
            return command.getModelName().equals(modelName)
                            && ServingActions.ARGUMENTS.containsKey(command.getAction())
                    ? order(modelName, record)
                    : null;
        } catch (UndecodableRecordException e) {
            return null;
        }
    }

    /** Whether this is no version but an order: its bytes are those of the command. */
    boolean isOrder() {
        return ORDER.equals(kind);
    }

    /** The weights as {@link freshet.learners.language.LanguageModel} takes them. */
    public ModelArtifact artifact() {
        return new ModelArtifact(kind, formatVersion, configuration, version, metadata, bytes);
    }
}
