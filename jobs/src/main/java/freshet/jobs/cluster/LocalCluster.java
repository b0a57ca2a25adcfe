package freshet.jobs.cluster;

import freshet.jobs.CommandFailure;
import freshet.jobs.Freshet;
import freshet.jobs.KafkaAccess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Flink and Kafka on this machine as they are on many: ZooKeeper, job managers, task managers and
 * brokers, each in a process of its own that can be killed, paused and started again. For tests,
 * and for trying out; all of them listen on the loopback address only.
 */
public final class LocalCluster {

    private static final Duration STARTS_WITHIN = Duration.ofMinutes(3);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(15);
    private static final long LOOK_EVERY_MILLIS = 200;

    private final ClusterFolder cluster;
    private final FlinkNodes flink;
    private final String classPath;
    private final Map<String, Map<String, String>> environments = new TreeMap<>();
    private boolean behindNetworks;

    /**
     * @param classPath of the freshet command: jars, no folders
     */
    private LocalCluster(ClusterFolder cluster, String classPath) {
        this.cluster = cluster;
        this.classPath = classPath;
        this.flink = new FlinkNodes(cluster, classPath);
    }

    /**
     * @param state running, paused or gone
     * @param pid 0: gone
     */
    public record ProcessState(String name, String state, long pid, Path log) {}

    /**
     * @param state as Flink names it
     * @param newestCheckpoint number of the newest complete one; 0: none
     * @param checkpointBytes of its state, shared files included
     * @param checkpointMillis that it took from end to end
     */
    public record JobState(
            String id,
            String name,
            String state,
            long newestCheckpoint,
            long checkpointBytes,
            long checkpointMillis) {

        /** By itself or by an order, well or not. */
        public boolean hasEnded() {
            return state.equals("FINISHED") || state.equals("CANCELED") || state.equals("FAILED");
        }
    }

    public static boolean isIn(Path folder) {
        return ClusterFolder.isIn(folder);
    }

    /**
     * One that is there, running or not.
     *
     * @throws CommandFailure if there is none in the folder
     */
    public static LocalCluster in(Path folder) {
        return new LocalCluster(ClusterFolder.read(folder), System.getProperty("java.class.path"));
    }

    /**
     * A new one, of which nothing runs yet.
     *
     * @param flinkSettings beyond ours
     * @throws CommandFailure if the folder holds one already
     */
    public static LocalCluster make(
            Path folder, ClusterSize size, Map<String, String> flinkSettings) {
        var made =
                new LocalCluster(
                        ClusterFolder.make(folder, size), System.getProperty("java.class.path"));
        made.flink.configure(flinkSettings);
        return made;
    }

    /**
     * Puts something that can be cut between the brokers and all their clients, each other
     * included, for as long as this process lives; before they start.
     */
    public List<NetworkCut> networks() {
        behindNetworks = true;
        return brokerNames().stream()
                .map(
                        name ->
                                NetworkCut.between(
                                        cluster.port(name),
                                        cluster.port(ClusterFolder.behind(name))))
                .toList();
    }

    /** Sets variables of a process's environment, from its next start on. */
    public void setEnvironment(String name, Map<String, String> variables) {
        process(name); // it must be there
        environments.put(name, variables);
    }

    /** Starts whatever does not run, and waits until all of it serves. */
    public void startAll() {
        for (NodeProcess process : processes()) {
            if (!process.isAlive()) {
                start(process.name());
            }
        }
        awaitAll();
    }

    private void awaitAll() {
        if (cluster.count(ClusterFolder.BROKERS) > 0) {
            await("Kafka", brokerNames(), this::kafkaAnswers);
        }
        await(
                "Flink",
                List.of("zookeeper", "jobmanager-1", "taskmanager-1"),
                this::allTaskManagersAreThere);
    }

    private boolean kafkaAnswers() {
        try {
            new KafkaAccess(bootstrapServers(), Map.of()).createTopics(List.of());
            return true;
        } catch (CommandFailure e) {
            return false;
        }
    }

    private boolean allTaskManagersAreThere() {
        return rest().taskManagers() == cluster.count(ClusterFolder.TASK_MANAGERS);
    }

    private void await(String what, List<String> its, BooleanSupplier isThere) {
        long giveUp = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (true) {
            for (String name : its) {
                NodeProcess process = process(name);
                if (!process.isAlive()) {
                    throw new CommandFailure(
                            "%s has ended, see %s:%n%s"
                                    .formatted(name, process.log(), process.lastWords(5)));
                }
            }
            if (isThere.getAsBoolean()) {
                return;
            }
            if (System.nanoTime() > giveUp) {
                throw new CommandFailure(
                        "%s does not answer after %d s, see %s"
                                .formatted(
                                        what, STARTS_WITHIN.toSeconds(), cluster.resolve("logs")));
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailure("interrupted", e);
            }
        }
    }

    /**
     * Starts one process, such as one that was killed, and does not wait for it.
     *
     * @throws CommandFailure if it runs, or there is none of that name
     */
    public void start(String name) {
        NodeProcess process = process(name);
        int dash = name.lastIndexOf('-');
        int number = dash < 0 ? 1 : Integer.parseInt(name.substring(dash + 1));
        switch (dash < 0 ? name : name.substring(0, dash)) {
            case "zookeeper" -> flink.startZooKeeper(process);
            case "jobmanager" -> flink.startJobManager(process, number);
            case "taskmanager" -> flink.startTaskManager(process, number);
            default -> startBroker(process, number);
        }
    }

    private void startBroker(NodeProcess process, int number) {
        List<String> main = new ArrayList<>();
        main.addAll(List.of(Freshet.class.getName(), "kafka"));
        main.addAll(List.of("--folder", cluster.resolve("kafka-" + number).toString()));
        String name = "kafka-" + number;
        if (behindNetworks) {
            main.addAll(List.of("--port", "" + cluster.port(ClusterFolder.behind(name))));
            main.addAll(List.of("--advertised-port", "" + cluster.port(name)));
        } else {
            main.addAll(List.of("--port", "" + cluster.port(name)));
        }
        if (cluster.count(ClusterFolder.BROKERS) > 1) {
            main.addAll(List.of("--node", "" + number, "--nodes", controllers()));
        }
        process.start(List.of("-Xmx512m", "-XX:+UseSerialGC", "-cp", classPath), main);
    }

    private String controllers() {
        return brokerNames().stream()
                .map(name -> cluster.address(name + "-controller"))
                .collect(Collectors.joining(","));
    }

    /** Stops all of it; what it has written stays. */
    public void down() {
        List<NodeProcess> processes = new ArrayList<>(processes());
        Collections.reverse(processes); // what others need goes last
        for (NodeProcess process : processes) {
            process.stop(STOPS_WITHIN);
        }
    }

    /**
     * @throws IllegalStateException if a part of it runs
     */
    public void forget() {
        if (processes().stream().anyMatch(NodeProcess::isAlive)) {
            throw new IllegalStateException("the cluster still runs");
        }
        cluster.remove();
    }

    public void signal(String name, NodeProcess.Signal signal) {
        process(name).signal(signal);
    }

    /** Of all processes. */
    public List<ProcessState> processStates() {
        return processes().stream().map(this::state).toList();
    }

    private ProcessState state(NodeProcess process) {
        String state = process.isPaused() ? "paused" : process.isAlive() ? "running" : "gone";
        return new ProcessState(process.name(), state, process.pid(), process.log());
    }

    /** Of all jobs that the job manager remembers; empty if none answers. */
    public List<JobState> jobs() {
        return rest().jobs();
    }

    /**
     * What task managers measure of themselves, summed over them; 0 where none answers.
     *
     * @param metric such as {@code Status.JVM.Memory.Heap.Used}
     */
    public double ofTaskManagers(String metric) {
        return rest().ofTaskManagers(metric);
    }

    /** Ends a job without a savepoint; it has ended when the jobs say so. */
    public void cancel(String job) {
        rest().cancel(job);
    }

    /** In the order in which they start. */
    private List<NodeProcess> processes() {
        List<String> names = new ArrayList<>();
        names.add("zookeeper");
        names.addAll(brokerNames());
        names.addAll(names("jobmanager", ClusterFolder.JOB_MANAGERS));
        names.addAll(names("taskmanager", ClusterFolder.TASK_MANAGERS));
        return names.stream()
                .map(
                        name ->
                                new NodeProcess(
                                        name,
                                        cluster.folder(),
                                        environments.getOrDefault(name, Map.of())))
                .toList();
    }

    private List<String> brokerNames() {
        return names("kafka", ClusterFolder.BROKERS);
    }

    private List<String> names(String kind, String count) {
        return IntStream.rangeClosed(1, cluster.count(count))
                .mapToObj(i -> kind + "-" + i)
                .toList();
    }

    private NodeProcess process(String name) {
        return processes().stream()
                .filter(process -> process.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        "there is no %s here but %s"
                                                .formatted(
                                                        name,
                                                        processes().stream()
                                                                .map(NodeProcess::name)
                                                                .collect(
                                                                        Collectors.joining(
                                                                                ", ")))));
    }

    /** Of the brokers, {@code host:port}, comma separated. */
    public String bootstrapServers() {
        return brokerNames().stream().map(cluster::address).collect(Collectors.joining(","));
    }

    /** Whether Kafka is part of it. */
    public boolean hasKafka() {
        return cluster.count(ClusterFolder.BROKERS) > 0;
    }

    /** Of the first job manager that runs. */
    public String flinkAddress() {
        return names("jobmanager", ClusterFolder.JOB_MANAGERS).stream()
                .filter(name -> process(name).isAlive() && !process(name).isPaused())
                .findFirst()
                .map(name -> cluster.address(name + "-rest"))
                .orElseThrow(() -> new CommandFailure("no job manager runs"));
    }

    private FlinkRest rest() {
        return new FlinkRest(flinkAddress());
    }
}
