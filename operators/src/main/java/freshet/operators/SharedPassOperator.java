package freshet.operators;

import java.util.List;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TimestampedCollector;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Runs a {@link ServingFunction} whose records share passes through the model, and says when those
 * that wait for others are answered: before a checkpoint, before a watermark, and at the latest so
 * long after the first of them came as a quarter of the last pass took, from {@value
 * #LEAST_WAIT_MILLIS} to {@value #MOST_WAIT_MILLIS} ms. The busier it is, the more records share a
 * pass, and the more of a backlog is read before a pass is spent on it. No answer depends on who
 * shares its pass.
 *
 * <p>An operator and not a function alone, for the timer without a key.
 *
 * @param <I> what is answered
 * @param <O> the answer
 */
public final class SharedPassOperator<I, O>
        extends CoBroadcastWithNonKeyedOperator<I, ModelVersion, O> implements BoundedMultiInput {

    private static final long serialVersionUID = 1;

    /** The least that Flink's timers can wait. */
    static final long LEAST_WAIT_MILLIS = 1;

    static final long MOST_WAIT_MILLIS = 50;

    /**
     * Half a pass would be too long: of robots so many observations would meanwhile take the place
     * of earlier ones that to bridge these would cost what was saved (measured with 200 robots).
     */
    private static final int SHARE_OF_PASS = 4;

    private final ServingFunction<I, O> function;

    private transient TimestampedCollector<O> answers;
    private transient boolean waits;
    private transient long tookMillis;

    public SharedPassOperator(ServingFunction<I, O> function) {
        super(function, List.of(ServingFunction.VERSIONS));
        this.function = function;
    }

    @Override
    public void open() throws Exception {
        super.open();
        answers = new TimestampedCollector<>(output);
    }

    @Override
    public void processElement1(StreamRecord<I> record) throws Exception {
        super.processElement1(record);
        waitForOthers();
    }

    @Override
    public void processElement2(StreamRecord<ModelVersion> version) throws Exception {
        super.processElement2(version);
        waitForOthers();
    }

    private void waitForOthers() {
        if (!waits && function.hasAsked()) {
            waits = true;
            long wait =
                    Math.max(
                            LEAST_WAIT_MILLIS,
                            Math.min(MOST_WAIT_MILLIS, tookMillis / SHARE_OF_PASS));
            // A timer rings one millisecond after the time that it is set to.
            var unused =
                    getProcessingTimeService()
                            .registerTimer(now() + wait - 1, time -> waitedEnough());
        }
    }

    private void waitedEnough() {
        waits = false;
        long from = now();
        function.answerAsked(answers);
        tookMillis = now() - from;
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        function.answerAsked(answers);
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        function.answerAsked(answers);
    }

    @Override
    public void endInput(int input) {
        function.answerAsked(answers);
    }
}
