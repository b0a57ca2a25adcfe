package freshet.operators;

/**
 * A robot that waits for its action.
 *
 * @param record what it saw
 * @param due the version that is due
 */
record AskedRobot(RobotRecord record, ActingRobot robot, ModelVersion due) {

    /** Above 0 if the other record is newer than this one, 0 if it is of the same step. */
    int compareTo(RobotRecord other) {
        return other.episode == record.episode
                ? Long.compare(other.sequence, record.sequence)
                : Long.compare(other.episode, record.episode);
    }
}
