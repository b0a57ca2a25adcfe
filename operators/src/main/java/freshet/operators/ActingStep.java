package freshet.operators;

import freshet.learners.robots.RobotTrack.Arrival;
import freshet.learners.worldmodel.Belief;
import freshet.learners.worldmodel.Decision;
import freshet.learners.worldmodel.Glimpse;
import java.util.List;

/** One robot's step on its way to an action. */
final class ActingStep {

    private final AskedRobot asked;
    private final int place;
    private final ModelVersion by;
    private final float[] lastDone;
    private final List<float[]> done;
    private Belief before;

    /**
     * @param place in the order of the answers
     * @param lastDone {@code [A]}, what the robot did at the step before
     * @param done what it did since its newest observation, see {@link Arrival#actions}
     * @param before null where the belief begins
     */
    ActingStep(
            AskedRobot asked,
            int place,
            ModelVersion by,
            float[] lastDone,
            List<float[]> done,
            Belief before) {
        this.asked = asked;
        this.place = place;
        this.by = by;
        this.lastDone = lastDone;
        this.done = done;
        this.before = before;
    }

    AskedRobot asked() {
        return asked;
    }

    int place() {
        return place;
    }

    ModelVersion by() {
        return by;
    }

    float[] lastDone() {
        return lastDone;
    }

    /** Whether the belief begins with the next glimpse. */
    boolean begins() {
        return before == null;
    }

    void forgets() {
        before = null;
    }

    void believes(Decision decision) {
        before = decision.belief();
    }

    /** What its belief was made of, if another version made it. */
    List<RecentFrames.Seen> toUnroll() {
        ActingRobot robot = asked.robot();
        return begins() || robot.answeredBy == by.version ? List.of() : robot.frames.all();
    }

    /** At a step that was seen before. */
    Glimpse again(RecentFrames.Seen frame) {
        return glimpse(frame.sequence(), frame.picture(), frame.felt(), frame.done(), false);
    }

    int missing() {
        return Math.max(0, done.size() - 1);
    }

    /** At the missing step of that number, from 0: on by what the robot did. */
    Glimpse blind(int number) {
        return glimpse(missingSequence(number), null, null, done.get(number), false);
    }

    Glimpse look() {
        RobotRecord record = asked.record();
        return glimpse(record.sequence, record.picture, record.felt, newestDone(), record.explore);
    }

    private Glimpse glimpse(
            long sequence, byte[] picture, float[] felt, float[] doneBefore, boolean explores) {
        return new Glimpse(
                asked.record().source,
                asked.record().episode,
                sequence,
                picture,
                felt,
                begins() ? null : before.withAction(doneBefore),
                explores);
    }

    private long missingSequence(int number) {
        return asked.record().sequence - missing() + number;
    }

    /** Null where the belief begins. */
    private float[] newestDone() {
        return begins() ? null : done.get(done.size() - 1);
    }

    /** Those that were missing too: a belief that is made anew goes over them as this one did. */
    void keepFrames() {
        RobotRecord record = asked.record();
        RecentFrames frames = asked.robot().frames;
        if (begins()) {
            frames.clear();
        }
        for (int number = 0; number < missing(); number++) {
            frames.add(
                    new RecentFrames.Seen(missingSequence(number), null, null, done.get(number)));
        }
        frames.add(
                new RecentFrames.Seen(record.sequence, record.picture, record.felt, newestDone()));
    }
}
