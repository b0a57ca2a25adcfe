package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import freshet.schemas.UndecodableRecordException;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;

/** A {@link VersionTrial} with the orders that it gets, in an operator's state. */
final class ServingTrial implements AutoCloseable {

    private final VersionTrial trial;
    private final DecisionLog decisions;
    private final CommandIntake commands;
    private final AvroCodec<ControlCommand> codec = AvroCodec.of(ControlCommand.class);
    private final ListState<byte[]> saved;
    private final ListState<ModelVersion> savedVersions;

    /** Goes on from what is in the store. */
    ServingTrial(
            String modelName, TrialConfig config, DecisionLog.Factory log, OperatorStateStore store)
            throws Exception {
        trial = new VersionTrial(modelName, config);
        decisions = log.open(modelName);
        commands =
                new CommandIntake(
                        modelName, trial, decisions, ServingActions.ARGUMENTS::containsKey);
        saved =
                store.getListState(
                        new ListStateDescriptor<>(
                                "trial", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        savedVersions =
                store.getListState(
                        new ListStateDescriptor<>(
                                "trial-versions", Types.POJO(ModelVersion.class)));
        for (byte[] state : saved.get()) {
            commands.restore(state);
        }
        trial.restore(savedVersions.get());
        commands.open();
    }

    VersionTrial versions() {
        return trial;
    }

    /** A record is about to be answered: orders that hold after those before it come first. */
    void reached(RecordPlace place) {
        commands.reached(place, trial.stableNumber());
    }

    /** An order has come: it holds from the next record on. */
    void take(ModelVersion order) {
        try {
            commands.take(codec.decode(order.bytes), trial.stableNumber());
        } catch (UndecodableRecordException e) {
            throw new IllegalArgumentException("a command that was decoded cannot be now", e);
        }
    }

    void save() throws Exception {
        saved.update(List.of(commands.snapshot()));
        savedVersions.update(trial.versions());
    }

    @Override
    public void close() {
        decisions.close();
    }
}
