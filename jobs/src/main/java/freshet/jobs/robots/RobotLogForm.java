package freshet.jobs.robots;

import java.util.ArrayList;
import java.util.List;

/**
 * The file form of logged episodes, docs/robot-logs.md: a folder with a CSV file of steps and a
 * picture file for each.
 */
public final class RobotLogForm {

    /** Name of the CSV file in the log's folder. */
    public static final String FILE = "episodes.csv";

    /** The columns that every log has, in this order. */
    public static final List<String> COLUMNS =
            List.of(
                    "robot",
                    "episode",
                    "sequence",
                    "millis",
                    "frame",
                    "reward",
                    "missed",
                    "terminal");

    private static final String ACTION = "action_";
    private static final String FELT = "felt_";

    private RobotLogForm() {}

    /**
     * The head of a file: {@link #COLUMNS}, then {@code action_0 ...}, then {@code felt_0 ...}.
     *
     * @param actuators numbers of an action, from 1
     * @param felt numbers of proprioception, from 0
     */
    public static List<String> head(int actuators, int felt) {
        var head = new ArrayList<>(COLUMNS);
        for (int i = 0; i < actuators; i++) {
            head.add(ACTION + i);
        }
        for (int i = 0; i < felt; i++) {
            head.add(FELT + i);
        }
        return head;
    }

    /** How many numbers of an action a head names; meaningful only if it equals {@link #head}. */
    public static int actuators(List<String> head) {
        return (int) head.stream().filter(name -> name.startsWith(ACTION)).count();
    }

    /** As {@link #actuators}, of proprioception. */
    public static int felt(List<String> head) {
        return (int) head.stream().filter(name -> name.startsWith(FELT)).count();
    }
}
