package freshet.operators;

import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import freshet.schemas.Floats;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/** Writes actions as records of the actions topic. */
public final class ActionsFunction extends RichMapFunction<RobotAnswer, OutRecord> {

    private static final long serialVersionUID = 1;

    private final String modelName;
    private final boolean evaluation;
    private transient AvroCodec<Action> codec;

    /**
     * @param evaluation whether the same bytes must come at every run
     */
    public ActionsFunction(String modelName, boolean evaluation) {
        this.modelName = modelName;
        this.evaluation = evaluation;
    }

    @Override
    public void open(OpenContext context) {
        codec = AvroCodec.of(Action.class);
    }

    @Override
    public OutRecord map(RobotAnswer answer) {
        var action =
                new Action(
                        answer.robot,
                        answer.episode,
                        answer.sequence,
                        answer.observationMillis,
                        evaluation ? 0 : System.currentTimeMillis(),
                        answer.deadlineMillis,
                        Floats.list(answer.action),
                        modelName,
                        answer.modelVersion);
        return new OutRecord(answer.robot.getBytes(StandardCharsets.UTF_8), codec.encode(action));
    }
}
