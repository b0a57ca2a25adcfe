package freshet.jobs;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker in this process, for the demo and for tests: a node that is broker and controller,
 * reachable from this machine only, alone or one of several. Topics, offsets and transactions lie
 * in one folder; a later start on the same folder, also after the process was killed, goes on with
 * them.
 *
 * <p>Nothing is ever deleted by age: the folder grows with what is written.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    /**
     * Above the 16 MiB that pipelines may send, so that also a far too long text can be put aside.
     */
    private static final int MAX_RECORD_BYTES = 17 << 20;

    private final KafkaRaftServer server;
    private final int port;
    private final Path folder;
    private final FileChannel lockFile;
    private boolean closed;

    private EmbeddedKafka(KafkaRaftServer server, int port, Path folder, FileChannel lockFile) {
        this.server = server;
        this.port = port;
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /**
     * Its place among several brokers, each a controller too, in processes of their own.
     *
     * @param number from 1
     * @param controllers address of each node's controller, {@code host:port}, by number
     * @param advertisedPort where clients are told to come, if something forwards from there; 0:
     *     where it listens
     */
    public record Node(int number, List<String> controllers, int advertisedPort) {

        private static final int COPIES = 3;

        public Node {
            if (number < 1 || number > controllers.size()) {
                throw new CommandFailure(
                        "node is %d, must be from 1 to %d".formatted(number, controllers.size()));
            }
        }

        /** The only one. */
        public static Node alone(int advertisedPort) {
            return new Node(1, List.of(HOST + ":" + free(0)), advertisedPort);
        }

        /** How often each record is kept. */
        private int copies() {
            return Math.min(COPIES, controllers.size());
        }

        /** How many of them must have a record before it counts as written. */
        private int inSync() {
            return copies() / 2 + 1;
        }

        private String address() {
            return controllers.get(number - 1);
        }

        private String voters() {
            return IntStream.rangeClosed(1, controllers.size())
                    .mapToObj(node -> node + "@" + controllers.get(node - 1))
                    .collect(Collectors.joining(","));
        }

        /** The same for all of them. */
        private Uuid cluster() {
            var name = UUID.nameUUIDFromBytes(voters().getBytes(StandardCharsets.UTF_8));
            return new Uuid(name.getMostSignificantBits(), name.getLeastSignificantBits());
        }
    }

    /** Starts on a free port. */
    public static EmbeddedKafka start(Path folder) {
        return start(folder, 0);
    }

    /**
     * Starts a broker; it serves when this returns.
     *
     * @param folder where it keeps its data; made if missing
     * @param port from 1 to 65535, or 0 for any free one
     * @throws CommandFailure if the port is taken, or the folder in use or not writable
     */
    public static EmbeddedKafka start(Path folder, int port) {
        return start(folder, port, Node.alone(0));
    }

    /**
     * Starts one of several brokers; it serves once more than half of them run.
     *
     * @throws CommandFailure if the port is taken, or the folder in use or not writable
     */
    public static EmbeddedKafka start(Path folder, int port, Node node) {
        return start(folder, port, node, Map.of());
    }

    /** Starts the only broker, with more settings; what they say of listeners is added. */
    static EmbeddedKafka start(Path folder, Map<String, String> more) {
        return start(folder, 0, Node.alone(0), more);
    }

    private static EmbeddedKafka start(Path folder, int port, Node node, Map<String, String> more) {
        FileChannel lock = lock(folder);
        try {
            int brokerPort = free(port);
            while (port == 0 && node.address().equals(HOST + ":" + brokerPort)) {
                brokerPort = free(port); // the controller's, which does not listen yet
            }
            Map<String, String> properties = properties(folder, brokerPort, node);
            more.forEach(
                    (key, value) ->
                            properties.merge(
                                    key,
                                    value,
                                    (ours, theirs) ->
                                            key.contains("listener")
                                                    ? ours + "," + theirs
                                                    : theirs));
            KafkaConfig config = new KafkaConfig(properties, false);
            format(folder, node);
            KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
            try {
                server.startup();
            } catch (RuntimeException e) {
                server.shutdown();
                throw e;
            }
            return new EmbeddedKafka(server, brokerPort, folder, lock);
        } catch (CommandFailure e) {
            release(lock);
            throw e;
        } catch (Exception e) {
            release(lock);
            throw new CommandFailure(
                    "embedded Kafka does not start in %s: %s".formatted(folder, rootMessage(e)), e);
        }
    }

    /** Address for clients, {@code host:port}. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    public Path folder() {
        return folder;
    }

    /** Makes the topics that are not there yet; those that are stay as they are. */
    public void createTopics(Collection<NewTopic> topics) {
        new KafkaAccess(bootstrapServers(), Map.of()).createTopics(topics);
    }

    /** Stops the broker and waits until its files are closed. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.shutdown();
        server.awaitShutdown();
        release(lockFile);
    }

    private static Map<String, String> properties(Path folder, int port, Node node) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", String.valueOf(node.number()));
        properties.put("controller.quorum.voters", node.voters());
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put(
                "listeners",
                "PLAINTEXT://%s:%d,CONTROLLER://%s".formatted(HOST, port, node.address()));
        int advertised = node.advertisedPort() == 0 ? port : node.advertisedPort();
        properties.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + advertised);
        properties.put(
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("log.dirs", folder.toAbsolutePath().toString());

        String copies = String.valueOf(node.copies());
        String inSync = String.valueOf(node.inSync());
        properties.put("default.replication.factor", copies);
        properties.put("min.insync.replicas", inSync);
        properties.put("offsets.topic.replication.factor", copies);
        properties.put("transaction.state.log.replication.factor", copies);
        properties.put("transaction.state.log.min.isr", inSync);
        properties.put("share.coordinator.state.topic.replication.factor", copies);
        properties.put("share.coordinator.state.topic.min.isr", inSync);

        // Small, and quick to start.
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "2");
        properties.put("log.cleaner.dedupe.buffer.size", String.valueOf(8 << 20));
        properties.put("initial.broker.registration.timeout.ms", "60000");
        // A killed process leaves a session behind, which must end before its successor is let in.
        properties.put("broker.session.timeout.ms", "3000");
        properties.put("broker.heartbeat.interval.ms", "500");

        properties.put("auto.create.topics.enable", "false");
        properties.put("log.retention.ms", "-1");
        properties.put("message.max.bytes", String.valueOf(MAX_RECORD_BYTES));
        properties.put("replica.fetch.max.bytes", String.valueOf(MAX_RECORD_BYTES));
        return properties;
    }

    /** Gives a new folder its identity; one that has it keeps it. */
    private static void format(Path folder, Node node) throws Exception {
        if (Files.exists(folder.resolve("meta.properties"))) {
            return;
        }
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setNodeId(node.number())
                .setClusterId(node.cluster().toString())
                .setControllerListenerName("CONTROLLER")
                .setDirectories(List.of(folder.toAbsolutePath().toString()))
                .setMetadataLogDirectory(folder.toAbsolutePath().toString())
                .run();
    }

    private static int free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
            return socket.getLocalPort();
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(
                    "port %d cannot be used: %s; choose another or 0 for any free one"
                            .formatted(port, e.getMessage()),
                    e);
        }
    }

    /** Claims the folder, before Kafka would in the middle of its start. */
    private static FileChannel lock(Path folder) {
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            channel =
                    FileChannel.open(
                            folder.resolve("freshet.lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(folder, channel);
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            throw inUse(folder, channel);
        } catch (IOException e) {
            throw new CommandFailure(
                    "folder %s is not writable: %s".formatted(folder, describe(e)), e);
        }
    }

    private static CommandFailure inUse(Path folder, FileChannel channel) {
        release(channel);
        return new CommandFailure(
                "folder %s is in use by another embedded Kafka; stop that or choose another folder"
                        .formatted(folder));
    }

    private static void release(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String describe(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("no message");
    }
}
