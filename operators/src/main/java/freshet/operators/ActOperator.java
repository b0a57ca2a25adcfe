package freshet.operators;

import java.util.List;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TimestampedCollector;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Runs {@link ActFunction} and says when robots that wait are answered: when all known robots wait,
 * when they fill a batch, {@value #WAIT_MILLIS} ms after the first of them came, and before a
 * checkpoint. While a pass through the model is under way others come in; so the busier it is, the
 * more robots share a pass. What a robot is told does not depend on that.
 *
 * <p>An operator and not a function alone, for the timer without a key.
 */
public final class ActOperator
        extends CoBroadcastWithNonKeyedOperator<RobotRecord, ModelVersion, RobotAnswer>
        implements BoundedMultiInput {

    private static final long serialVersionUID = 1;

    /** The least that Flink's timers can wait. */
    static final long WAIT_MILLIS = 1;

    private final ActFunction function;

    private transient TimestampedCollector<RobotAnswer> answers;
    private transient boolean waits;

    public ActOperator(RobotSetup setup, ServingConfig serving) {
        this(new ActFunction(setup, serving));
    }

    private ActOperator(ActFunction function) {
        super(function, List.of(ServingFunction.VERSIONS));
        this.function = function;
    }

    @Override
    public void open() throws Exception {
        super.open();
        answers = new TimestampedCollector<>(output);
    }

    @Override
    public void processElement1(StreamRecord<RobotRecord> record) throws Exception {
        super.processElement1(record);
        if (!waits && function.hasAsked()) {
            waits = true;
            long now = getProcessingTimeService().getCurrentProcessingTime();
            // A timer rings one millisecond after the time that it is set to.
            var unused =
                    getProcessingTimeService()
                            .registerTimer(now + WAIT_MILLIS - 1, time -> waitedEnough());
        }
    }

    private void waitedEnough() {
        waits = false;
        function.decide(answers);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        function.decide(answers);
    }

    @Override
    public void endInput(int input) {
        function.decide(answers);
    }
}
