package freshet.jobs.cluster;

import freshet.jobs.SeparateProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;
import org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer;

/**
 * How Flink's processes are started: what its own shell scripts do, for one machine. Job managers
 * are highly available by ZooKeeper, so that a job outlives them.
 */
final class FlinkNodes {

    private static final String HOST = "127.0.0.1";

    private final ClusterFolder cluster;
    private final String classPath;

    FlinkNodes(ClusterFolder cluster, String classPath) {
        this.cluster = cluster;
        this.classPath = NodeLibraries.of(classPath);
    }

    /** Writes the configuration that all of Flink's processes read. */
    void configure(Map<String, String> more) {
        Map<String, String> lines = new TreeMap<>(settings());
        lines.putAll(more);
        write(
                cluster.resolve("conf").resolve("config.yaml"),
                lines.entrySet().stream()
                        .map(entry -> "%s: '%s'%n".formatted(entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining()));
        write(
                cluster.resolve("conf").resolve("log4j2.properties"),
                """
                rootLogger.level = INFO
                rootLogger.appenderRef.console.ref = console
                logger.kafka.name = org.apache.kafka
                logger.kafka.level = WARN
                logger.zookeeper.name = org.apache.flink.shaded
                logger.zookeeper.level = OFF
                appender.console.name = console
                appender.console.type = CONSOLE
                appender.console.layout.type = PatternLayout
                appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5level %logger{1} %msg%n
                """);
        write(
                cluster.resolve("conf").resolve("zoo.cfg"),
                """
                clientPort=%d
                clientPortAddress=%s
                dataDir=%s
                tickTime=1000
                initLimit=10
                syncLimit=5
                admin.enableServer=false
                server.1=%s:%d:%d
                """
                        .formatted(
                                cluster.port("zookeeper"),
                                HOST,
                                cluster.resolve("zookeeper"),
                                HOST,
                                cluster.port("zookeeper-peer"),
                                cluster.port("zookeeper-leader")));
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("high-availability.type", "zookeeper");
        settings.put("high-availability.zookeeper.quorum", cluster.address("zookeeper"));
        settings.put("high-availability.zookeeper.client.session-timeout", "6000");
        settings.put("high-availability.storageDir", cluster.url("ha"));
        settings.put("high-availability.cluster-id", "/freshet");
        settings.put("execution.checkpointing.storage", "filesystem");
        settings.put("execution.checkpointing.dir", cluster.url("checkpoints"));
        settings.put("execution.checkpointing.savepoint-dir", cluster.url("savepoints"));
        settings.put("execution.checkpointing.num-retained", "2");
        settings.put("jobmanager.rpc.address", HOST);
        settings.put("jobmanager.bind-host", HOST);
        settings.put("rest.address", HOST);
        settings.put("rest.bind-address", HOST);
        settings.put("taskmanager.host", HOST);
        settings.put("taskmanager.bind-host", HOST);
        settings.put("taskmanager.numberOfTaskSlots", "" + cluster.count(ClusterFolder.SLOTS));
        settings.put(
                "taskmanager.memory.process.size",
                cluster.count(ClusterFolder.TASK_MANAGER_MEGABYTES) + "m");
        settings.put("taskmanager.memory.jvm-overhead.min", "512m"); // libtorch lives there
        settings.put("taskmanager.memory.jvm-overhead.max", "512m");
        settings.put("taskmanager.memory.managed.size", "64m");
        settings.put("taskmanager.memory.network.min", "128m");
        settings.put("taskmanager.memory.network.max", "128m");
        // Each job has a class loader of its own, and each attempt a new one.
        settings.put("taskmanager.memory.jvm-metaspace.size", "384m");
        settings.put("io.tmp.dirs", cluster.resolve("tmp").toString());
        // A dead or paused process is given up after seconds, not after most of a minute.
        settings.put("heartbeat.interval", "1000");
        settings.put("heartbeat.timeout", "8000");
        settings.put("slot.request.timeout", "60000");
        settings.put("cluster.io-pool.size", "4");
        return settings;
    }

    void startZooKeeper(NodeProcess process) {
        make(cluster.resolve("zookeeper"));
        process.start(
                java("-Xmx128m"),
                List.of(
                        FlinkZooKeeperQuorumPeer.class.getName(),
                        "--zkConfigFile",
                        cluster.resolve("conf").resolve("zoo.cfg").toString(),
                        "--peerId",
                        "1"));
    }

    /**
     * @param number from 1
     */
    void startJobManager(NodeProcess process, int number) {
        make(cluster.resolve("tmp"));
        String name = "jobmanager-" + number;
        process.start(
                java("-Xmx512m"),
                List.of(
                        StandaloneSessionClusterEntrypoint.class.getName(),
                        "--configDir",
                        cluster.resolve("conf").toString(),
                        "-Drest.bind-port=" + cluster.port(name + "-rest"),
                        "-Drest.port=" + cluster.port(name + "-rest"),
                        "-Dhigh-availability.jobmanager.port=" + cluster.port(name + "-rpc"),
                        "-Dblob.server.port=" + cluster.port(name + "-blob")));
    }

    /**
     * @param number from 1
     */
    void startTaskManager(NodeProcess process, int number) {
        make(cluster.resolve("tmp"));
        Configuration config =
                GlobalConfiguration.loadConfiguration(cluster.resolve("conf").toString());
        TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(config);
        List<String> main = new ArrayList<>();
        main.add(TaskManagerRunner.class.getName());
        main.addAll(List.of("--configDir", cluster.resolve("conf").toString()));
        main.add("-Dtaskmanager.resource-id=taskmanager-" + number);
        // "-D key=value -D key=value"
        for (String option :
                TaskExecutorProcessUtils.generateDynamicConfigsStr(memory).split("-D ", -1)) {
            if (!option.isBlank()) {
                main.add("-D" + option.strip());
            }
        }
        process.start(
                java(ProcessMemoryUtils.generateJvmParametersStr(memory).split(" ", -1)), main);
    }

    private List<String> java(String... options) {
        List<String> all = new ArrayList<>(SeparateProcess.FLINK_OPENS);
        all.addAll(List.of(options));
        all.add("-XX:+UseSerialGC");
        all.add(
                "-Dlog4j2.configurationFile="
                        + cluster.resolve("conf").resolve("log4j2.properties"));
        all.addAll(List.of("-cp", classPath));
        return all;
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        make(file.getParent());
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
