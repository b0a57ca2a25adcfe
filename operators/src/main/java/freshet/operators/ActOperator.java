package freshet.operators;

import java.util.List;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TimestampedCollector;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Runs {@link ActFunction} and says when robots that wait are answered: when all of few known
 * robots wait, before a checkpoint, and at the latest so long after the first of them came as a
 * quarter of the last decision took, from {@value #LEAST_WAIT_MILLIS} to {@value #MOST_WAIT_MILLIS}
 * ms. The busier it is, the more robots share a pass, and the more of a backlog is read before a
 * pass is spent on it. What a robot is told does not depend on who shares its pass.
 *
 * <p>An operator and not a function alone, for the timer without a key.
 */
public final class ActOperator
        extends CoBroadcastWithNonKeyedOperator<RobotRecord, ModelVersion, RobotAnswer>
        implements BoundedMultiInput {

    private static final long serialVersionUID = 1;

    /** The least that Flink's timers can wait. */
    static final long LEAST_WAIT_MILLIS = 1;

    static final long MOST_WAIT_MILLIS = 50;

    /**
     * Half a decision would be too long: meanwhile so many observations would take the place of
     * earlier ones that to bridge these would cost what was saved (measured with 200 robots).
     */
    private static final int SHARE_OF_DECISION = 4;

    private final ActFunction function;

    private transient TimestampedCollector<RobotAnswer> answers;
    private transient boolean waits;
    private transient long tookMillis;

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
            long wait =
                    Math.max(
                            LEAST_WAIT_MILLIS,
                            Math.min(MOST_WAIT_MILLIS, tookMillis / SHARE_OF_DECISION));
            // A timer rings one millisecond after the time that it is set to.
            var unused =
                    getProcessingTimeService()
                            .registerTimer(now() + wait - 1, time -> waitedEnough());
        }
    }

    private void waitedEnough() {
        waits = false;
        long from = now();
        function.decide(answers);
        tookMillis = now() - from;
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
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
