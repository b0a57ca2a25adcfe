package freshet.learners.worldmodel;

import java.util.List;

/**
 * What robots have done since the last update, which this batch sets off: with one update for every
 * four steps it holds four.
 *
 * @param steps at least one; of each robot in the order of episode and sequence
 */
public record ExperienceBatch(List<RobotStep> steps) {

    public ExperienceBatch {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a batch of experience has no step");
        }
    }
}
