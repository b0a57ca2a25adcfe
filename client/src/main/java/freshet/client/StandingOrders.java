package freshet.client;

import freshet.schemas.ControlCommand;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who is stopped by the commands so far, so that a robot that connects later knows it too.
 *
 * <p>State: what holds for all, and the names for which it does not, at most {@value #MOST_NAMES}.
 * Of more that were let go the oldest is forgotten, which stops it; of more that were stopped all
 * count as stopped that connect from then on: what cannot be remembered must not move.
 *
 * <p>Not thread-safe.
 */
final class StandingOrders {

    static final int MOST_NAMES = 10_000;

    private final Map<String, Boolean> exceptions = new LinkedHashMap<>();
    private boolean allStopped;

    /**
     * Takes the next command of the control topic; those that are not for robots change nothing.
     */
    void take(ControlCommand command) {
        boolean stops = command.getAction().equals(RobotClient.STOP);
        if (command.getDryRun() || !(stops || command.getAction().equals(RobotClient.RESUME))) {
            return;
        }
        String named = command.getArguments().get(RobotClient.ROBOT);
        if (named == null) {
            allStopped = stops;
            exceptions.clear();
            return;
        }
        exceptions.remove(named);
        if (stops != allStopped) {
            exceptions.put(named, stops);
        }
        if (exceptions.size() > MOST_NAMES) {
            if (allStopped) {
                exceptions.remove(exceptions.keySet().iterator().next());
            } else {
                allStopped = true;
                exceptions.clear();
            }
        }
    }

    boolean isStopped(String robot) {
        return exceptions.getOrDefault(robot, allStopped);
    }
}
