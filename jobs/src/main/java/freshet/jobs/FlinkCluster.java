package freshet.jobs;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The user's own Flink, by its REST address; the libraries of this process travel with the job. */
public final class FlinkCluster {

    /**
     * What a cluster has itself, or what no job needs there: Flink without its connectors, loggers,
     * and the Kafka broker.
     */
    private static final Pattern NOT_SENT =
            Pattern.compile(
                    "flink-(?!connector).*|slf4j-.*|log4j-.*|kafka_2.*|kafka-(?!clients).*|picocli.*"
                            + "|xchart.*|scala-.*");

    private FlinkCluster() {}

    /**
     * An environment whose jobs run there.
     *
     * @param address {@code host:port}
     */
    public static StreamExecutionEnvironment environment(String address, Configuration config) {
        int colon = address.lastIndexOf(':');
        if (colon <= 0 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new CommandFailure("--flink is %s, must be HOST:PORT".formatted(address));
        }
        return StreamExecutionEnvironment.createRemoteEnvironment(
                address.substring(0, colon),
                Integer.parseInt(address.substring(colon + 1)),
                config,
                jars().toArray(String[]::new));
    }

    private static List<String> jars() {
        List<String> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                throw new CommandFailure(
                        "%s is a folder; a job for a cluster is made of jars: use ./freshet"
                                .formatted(path));
            }
            if (!NOT_SENT.matcher(path.getFileName().toString()).matches()) {
                jars.add(path.toAbsolutePath().toString());
            }
        }
        return jars;
    }

    /** Hands the job over and returns its id; it stays when this process ends. */
    public static String submit(StreamExecutionEnvironment env, String address, String name) {
        try {
            JobClient client = env.executeAsync(name);
            return client.getJobID().toString();
        } catch (Exception e) {
            throw new CommandFailure(
                    "Flink at %s does not take the job: %s"
                            .formatted(address, LocalJob.rootMessage(e)),
                    e);
        }
    }
}
