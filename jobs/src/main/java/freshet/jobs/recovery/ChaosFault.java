package freshet.jobs.recovery;

import freshet.jobs.cluster.LocalCluster;
import freshet.jobs.cluster.NodeProcess.Signal;
import java.util.SplittableRandom;

/** What is done to a part of the cluster, and how long until it is mended. */
enum ChaosFault {
    KILL_TASK_MANAGER("taskmanager", Signal.KILL, 2),
    KILL_JOB_MANAGER("jobmanager", Signal.KILL, 1),
    KILL_BROKER("kafka", Signal.KILL, 2),
    KILL_ZOOKEEPER("zookeeper", Signal.KILL, 2),
    /** Shorter than Flink waits for a sign of life. */
    PAUSE_TASK_MANAGER("taskmanager", Signal.STOP, 3),
    /** Longer: its tasks run elsewhere when it wakes and takes itself for alive. */
    PAUSE_TASK_MANAGER_LONG("taskmanager", Signal.STOP, 14),
    PAUSE_JOB_MANAGER("jobmanager", Signal.STOP, 4),
    PAUSE_BROKER("kafka", Signal.STOP, 5);

    private final String kind;
    private final Signal signal;
    private final int seconds;

    ChaosFault(String kind, Signal signal, int seconds) {
        this.kind = kind;
        this.signal = signal;
        this.seconds = seconds;
    }

    /** Seconds for which it lasts. */
    int seconds() {
        return seconds;
    }

    /** Does it to one of its kind, drawn by {@code random}, and says which. */
    String strike(LocalCluster cluster, SplittableRandom random) {
        var victims =
                cluster.processStates().stream()
                        .map(LocalCluster.ProcessState::name)
                        .filter(name -> name.startsWith(kind))
                        .toList();
        String victim = victims.get(random.nextInt(victims.size()));
        cluster.signal(victim, signal);
        return victim;
    }

    void mend(LocalCluster cluster, String victim) {
        if (signal == Signal.KILL) {
            cluster.start(victim);
        } else {
            cluster.signal(victim, Signal.CONT);
        }
    }
}
