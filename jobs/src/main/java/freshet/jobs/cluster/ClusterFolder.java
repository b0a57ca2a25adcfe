package freshet.jobs.cluster;

import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a cluster is made of, kept in its folder, so that every later command finds it: how many of
 * each part and their ports, which stay theirs over all restarts.
 */
record ClusterFolder(Path folder, Map<String, Integer> numbers) {

    static final String JOB_MANAGERS = "job-managers";
    static final String TASK_MANAGERS = "task-managers";
    static final String SLOTS = "slots";
    static final String BROKERS = "brokers";
    static final String TASK_MANAGER_MEGABYTES = "task-manager-megabytes";

    private static final String FILE = "cluster";
    private static final String HOST = "127.0.0.1";

    /**
     * A new one, with free ports.
     *
     * @throws CommandFailure if there is one already
     */
    static ClusterFolder make(Path folder, ClusterSize size) {
        if (isIn(folder)) {
            throw new CommandFailure(
                    "%s holds a cluster already: cluster down --forget removes it"
                            .formatted(folder));
        }
        Map<String, Integer> numbers = new TreeMap<>();
        numbers.put(JOB_MANAGERS, size.jobManagers());
        numbers.put(TASK_MANAGERS, size.taskManagers());
        numbers.put(SLOTS, size.slots());
        numbers.put(TASK_MANAGER_MEGABYTES, size.taskManagerMegabytes());
        numbers.put(BROKERS, size.brokers());
        var made = new ClusterFolder(folder.toAbsolutePath(), numbers);
        made.addPort("zookeeper");
        made.addPort("zookeeper-peer");
        made.addPort("zookeeper-leader");
        for (int i = 1; i <= made.count(JOB_MANAGERS); i++) {
            made.addPort("jobmanager-%d-rest".formatted(i));
            made.addPort("jobmanager-%d-rpc".formatted(i));
            made.addPort("jobmanager-%d-blob".formatted(i));
        }
        for (int i = 1; i <= made.count(BROKERS); i++) {
            made.addPort("kafka-%d".formatted(i));
            made.addPort(behind("kafka-%d".formatted(i)));
            made.addPort("kafka-%d-controller".formatted(i));
        }
        made.write();
        return made;
    }

    static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    /**
     * @throws CommandFailure if there is none
     */
    static ClusterFolder read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            Map<String, Integer> numbers = new TreeMap<>();
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split(" ", 2);
                numbers.put(parts[0], Integer.parseInt(parts[1]));
            }
            return new ClusterFolder(folder.toAbsolutePath(), numbers);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(
                    "%s holds no cluster: freshet cluster up starts one".formatted(folder), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write() {
        String lines =
                numbers.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue() + "\n")
                        .collect(Collectors.joining());
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(FILE), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addPort(String of) {
        int port = freePort();
        while (numbers.containsValue(port)) { // nobody listens there yet
            port = freePort();
        }
        numbers.put(portKey(of), port);
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String portKey(String of) {
        return "port-of-" + of;
    }

    /** Removes all of it. */
    void remove() {
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new CommandFailure("%s cannot be removed: %s".formatted(folder, e), e);
        }
    }

    /** Where a broker listens, behind the port that it advertises. */
    static String behind(String broker) {
        return broker + "-behind";
    }

    int count(String what) {
        return numbers.get(what);
    }

    String address(String of) {
        return HOST + ":" + port(of);
    }

    int port(String of) {
        return numbers.get(portKey(of));
    }

    Path resolve(String name) {
        return folder.resolve(name);
    }

    String url(String name) {
        return resolve(name).toUri().toString().replaceFirst("/$", "");
    }
}
