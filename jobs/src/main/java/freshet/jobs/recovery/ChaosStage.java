package freshet.jobs.recovery;

import freshet.jobs.cluster.ClusterSize;
import freshet.jobs.cluster.LocalCluster;
import freshet.jobs.cluster.NetworkCut;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A cluster with all that can be broken about it.
 *
 * @param networks between each broker and its clients
 * @param disk of the checkpoints, if it is one of their own
 * @param clocks of the task managers, if they have their own
 */
record ChaosStage(
        LocalCluster cluster,
        List<NetworkCut> networks,
        Optional<ChaosDisk> disk,
        Optional<ChaosClocks> clocks)
        implements AutoCloseable {

    /**
     * Starts it; it ends with this process at the latest.
     *
     * @param hasDisk needs the right to mount
     * @param clockLibrary {@code libfaketime.so.1}; null: all have the machine's clock
     */
    static ChaosStage up(Path root, ClusterSize size, boolean hasDisk, Path clockLibrary) {
        LocalCluster cluster = LocalCluster.make(root, size, Map.of());
        Optional<ChaosDisk> disk =
                hasDisk
                        ? Optional.of(
                                ChaosDisk.mount(root.resolve("disk"), root.resolve("checkpoints")))
                        : Optional.empty();
        Optional<ChaosClocks> clocks =
                Optional.ofNullable(clockLibrary).map(library -> new ChaosClocks(library, root));
        clocks.ifPresent(
                own ->
                        cluster.processStates().stream()
                                .map(LocalCluster.ProcessState::name)
                                .filter(name -> name.startsWith("taskmanager"))
                                .forEach(name -> own.give(cluster, name)));
        var stage = new ChaosStage(cluster, cluster.networks(), disk, clocks);
        Runtime.getRuntime().addShutdownHook(new Thread(stage::close));
        cluster.startAll();
        return stage;
    }

    /** Does nothing the second time. */
    @Override
    public void close() {
        cluster.down();
        networks.forEach(NetworkCut::close);
        disk.ifPresent(ChaosDisk::close);
    }
}
