package freshet.jobs.recovery;

import freshet.jobs.cluster.LocalCluster;
import freshet.jobs.cluster.NetworkCut;
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
    PAUSE_BROKER("kafka", Signal.STOP, 5),
    /** Between brokers and all their clients. */
    CUT_NETWORK("the network", null, 6),
    /** That of the checkpoints. */
    FILL_DISK("the disk", null, 6),
    STALL_DISK("the disk", null, 8),
    /** Every write waits until it is through a device of few bytes a second. */
    SLOW_DISK("the disk", null, 20),
    /** The time of day of a task manager, by an hour, on or back. */
    TURN_CLOCK("taskmanager", null, 8);

    private static final int HOUR = 3600;

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

    /** Whether the stage has what it is done to. */
    boolean isPossible(ChaosStage stage) {
        return switch (this) {
            case FILL_DISK, STALL_DISK -> stage.disk().isPresent();
            case SLOW_DISK -> stage.disk().isPresent() && ChaosDisk.canBeSlow();
            case TURN_CLOCK -> stage.clocks().isPresent();
            default -> true;
        };
    }

    /** Does it to one of its kind, drawn by {@code random}, and says which. */
    String strike(ChaosStage stage, SplittableRandom random) {
        String victim = drawn(stage.cluster(), random);
        switch (this) {
            case CUT_NETWORK -> stage.networks().forEach(NetworkCut::cut);
            case FILL_DISK -> stage.disk().get().fill();
            case STALL_DISK -> stage.disk().get().stall();
            case SLOW_DISK -> stage.disk().get().slow();
            case TURN_CLOCK ->
                    stage.clocks().get().turn(victim, random.nextBoolean() ? HOUR : -HOUR);
            default -> stage.cluster().signal(victim, signal);
        }
        return victim;
    }

    private String drawn(LocalCluster cluster, SplittableRandom random) {
        var victims =
                cluster.processStates().stream()
                        .map(LocalCluster.ProcessState::name)
                        .filter(name -> name.startsWith(kind))
                        .toList();
        return victims.isEmpty() ? kind : victims.get(random.nextInt(victims.size()));
    }

    void mend(ChaosStage stage, String victim) {
        switch (this) {
            case CUT_NETWORK -> stage.networks().forEach(NetworkCut::mend);
            case FILL_DISK -> stage.disk().get().free();
            case STALL_DISK -> stage.disk().get().resume();
            case SLOW_DISK -> stage.disk().get().quicken();
            case TURN_CLOCK -> stage.clocks().get().turn(victim, 0);
            default -> {
                if (signal == Signal.KILL) {
                    stage.cluster().start(victim);
                } else {
                    stage.cluster().signal(victim, Signal.CONT);
                }
            }
        }
    }
}
