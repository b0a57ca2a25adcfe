package freshet.operators;

import freshet.learners.worldmodel.Frame;
import freshet.schemas.AvroCodec;
import freshet.schemas.Floats;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import freshet.schemas.UndecodableRecordException;
import java.util.List;

/**
 * Decodes records of the robots topic. One with a picture of another size, or with a number that is
 * not finite or out of its range, goes no further: neither its robot's belief nor the model may
 * know of it.
 */
public final class RobotObservationDecoder extends RecordDecoder<RobotRecord> {

    private static final long serialVersionUID = 1;

    /** An observation tells of the last few steps; more would be another's mistake or malice. */
    static final int MAX_OUTCOMES = 64;

    private final Frame frame;
    private final int proprioception;
    private final int actuators;
    private transient AvroCodec<RobotObservation> codec;

    /**
     * @param frame of all robots of the model
     * @param proprioception numbers of it, from 0
     * @param actuators numbers of an action, from 1
     * @param maxAheadMillis see {@link RecordDecoder}
     */
    public RobotObservationDecoder(
            Frame frame, int proprioception, int actuators, long maxAheadMillis) {
        super(RobotRecord.class, maxAheadMillis);
        this.frame = frame;
        this.proprioception = proprioception;
        this.actuators = actuators;
    }

    @Override
    public String kind() {
        return "robots";
    }

    @Override
    RobotRecord newRecord() {
        return new RobotRecord();
    }

    @Override
    void read(byte[] value, RobotRecord record) throws UndecodableRecordException {
        if (codec == null) {
            codec = AvroCodec.of(RobotObservation.class);
        }
        RobotObservation observation = codec.decode(value);
        record.source = observation.getRobot();
        record.episode = observation.getEpisode();
        record.sequence = observation.getSequence();
        record.eventTimeMillis = observation.getEventTime();
        record.learn = observation.getLearn();
        record.explore = observation.getExplore();
        record.terminal = observation.getTerminal();
        record.deadlineMillis = observation.getDeadlineMillis();
        if (observation.getImage() != null) {
            record.picture = bytes(observation.getImage());
        }
        record.felt = Floats.array(observation.getProprioception());
        checkPicture(observation, record);
        readOutcomes(observation.getOutcomes(), record);
    }

    private void checkPicture(RobotObservation observation, RobotRecord record) {
        if (observation.getImageWidth() != frame.width()
                || observation.getImageHeight() != frame.height()
                || record.picture.length != frame.size()) {
            invalid(
                    record,
                    "picture of %d x %d in %d bytes, expected %d x %d in %d"
                            .formatted(
                                    observation.getImageWidth(),
                                    observation.getImageHeight(),
                                    record.picture.length,
                                    frame.width(),
                                    frame.height(),
                                    frame.size()));
        }
    }

    private void readOutcomes(List<StepOutcome> outcomes, RobotRecord record) {
        int count = outcomes.size();
        if (count > MAX_OUTCOMES) {
            invalid(record, "%d outcomes, at most %d".formatted(count, MAX_OUTCOMES));
            return;
        }
        record.outcomeSteps = new long[count];
        record.outcomeRewards = new float[count];
        record.outcomesMissed = new boolean[count];
        record.outcomeActions = new float[count * actuators];
        for (int i = 0; i < count; i++) {
            StepOutcome outcome = outcomes.get(i);
            float[] action = Floats.array(outcome.getAction());
            record.outcomeSteps[i] = outcome.getSequence();
            record.outcomeRewards[i] = outcome.getReward();
            record.outcomesMissed[i] = outcome.getMissed();
            String wrong = wrong(outcome, action);
            if (!wrong.isEmpty()) {
                invalid(record, "outcome of step %d: ".formatted(outcome.getSequence()) + wrong);
                return;
            }
            System.arraycopy(action, 0, record.outcomeActions, i * actuators, actuators);
        }
    }

    /** Empty if nothing is. */
    private String wrong(StepOutcome outcome, float[] action) {
        if (outcome.getSequence() < 0) {
            return "must not be negative";
        }
        if (action.length != actuators) {
            return "%d numbers in its action, expected %d".formatted(action.length, actuators);
        }
        for (float value : action) {
            if (!(value >= -1 && value <= 1)) {
                return "action %s, must be in [-1, 1]".formatted(value);
            }
        }
        float reward = outcome.getReward();
        return reward >= 0 && reward <= 1 ? "" : "reward %s, must be in [0, 1]".formatted(reward);
    }

    @Override
    void check(RobotRecord record) {
        if (record.episode < 0) {
            invalid(record, "episode is %d, must not be negative".formatted(record.episode));
        } else if (record.felt.length != proprioception) {
            invalid(
                    record,
                    "%d numbers of proprioception, expected %d"
                            .formatted(record.felt.length, proprioception));
        } else {
            for (float value : record.felt) {
                if (!Float.isFinite(value)) {
                    invalid(record, "proprioception of %s, must be finite".formatted(value));
                }
            }
        }
    }

    private static void invalid(RobotRecord record, String detail) {
        problem(record, DeadLetterReason.INVALID, detail);
    }
}
