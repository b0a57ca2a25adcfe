package freshet.operators;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which version robots act by that keep one until their episode ends.
 *
 * <p>State: the versions that robots are in the middle of an episode with, at most so many. Of more
 * the oldest is let go, and the robots that had it go on with the one that is due.
 */
final class EpisodeVersions {

    private final int most;
    private final TreeMap<Long, ModelVersion> kept = new TreeMap<>();
    private long swapsWithin;

    /**
     * @param most versions that are kept, at least 1
     */
    EpisodeVersions(int most) {
        this.most = most;
    }

    /**
     * The version that a robot acts by now.
     *
     * @param begins whether its episode begins with this step
     * @param due the version that it would act by otherwise
     * @param robots all that there are, this one among them
     */
    ModelVersion of(
            ActingRobot robot, boolean begins, ModelVersion due, Collection<ActingRobot> robots) {
        ModelVersion own = begins ? null : kept.get(robot.keeps);
        if (own != null) {
            return own;
        }
        if (!begins && robot.keeps != ActingRobot.KEEPS_NONE) {
            swapsWithin++;
        }
        robot.keeps = due.version;
        kept.putIfAbsent(due.version, due);
        if (kept.size() > most) {
            retain(robots);
        }
        if (kept.size() > most) {
            kept.remove(
                    kept.firstKey() == due.version ? kept.higherKey(due.version) : kept.firstKey());
        }
        return due;
    }

    /** Lets go what none of these robots keeps. */
    private void retain(Collection<ActingRobot> robots) {
        Set<Long> used = new TreeSet<>();
        for (ActingRobot robot : robots) {
            used.add(robot.keeps);
        }
        kept.keySet().retainAll(used);
    }

    /** Puts back what was saved, so far as these robots keep it. */
    void restore(Iterable<ModelVersion> saved, Collection<ActingRobot> robots) {
        saved.forEach(version -> kept.put(version.version, version));
        retain(robots);
    }

    /** All that a restart needs. */
    List<ModelVersion> kept(Collection<ActingRobot> robots) {
        retain(robots);
        return new ArrayList<>(kept.values());
    }

    /** Versions that were swapped in the middle of an episode, because of too many. */
    long swapsWithin() {
        return swapsWithin;
    }
}
