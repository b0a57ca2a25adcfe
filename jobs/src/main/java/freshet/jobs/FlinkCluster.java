package freshet.jobs;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.rest.RestClient;
import org.apache.flink.runtime.rest.handler.legacy.messages.ClusterOverviewWithVersion;
import org.apache.flink.runtime.rest.messages.ClusterConfigurationInfoHeaders;
import org.apache.flink.runtime.rest.messages.ClusterOverviewHeaders;
import org.apache.flink.runtime.rest.messages.EmptyMessageParameters;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.runtime.rest.messages.JobManagerEnvironmentHeaders;
import org.apache.flink.runtime.rest.messages.MessageHeaders;
import org.apache.flink.runtime.rest.messages.ResponseBody;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The user's own Flink, by its REST address. The libraries of this process travel with the job, but
 * for those that hold the tensor engine's native code: a process can load that only once, so they
 * must lie in Flink's {@code lib} folder, where all jobs share them.
 */
public final class FlinkCluster {

    private static final long PATIENCE_SECONDS = 10;

    /**
     * What a cluster has itself, or what no job needs there: Flink without its connectors and what
     * it brings, loggers, and the Kafka broker.
     */
    private static final Pattern NOT_SENT =
            Pattern.compile(
                    "flink-(?!connector).*|slf4j-.*|log4j-.*|kafka_2.*|kafka-(?!clients).*|picocli.*"
                            + "|xchart.*|scala-.*|kryo-.*|minlog-.*|reflectasm-.*|objenesis-.*"
                            + "|javassist-.*|async-profiler-.*|frocksdbjni-.*");

    /** Native code and its bindings, by the folder of their group in a Maven repository. */
    private static final Path BYTEDECO = Path.of("org", "bytedeco");

    private final String host;
    private final int port;
    private final Configuration config;

    /**
     * @param address {@code host:port}
     * @param config of the job
     */
    public FlinkCluster(String address, Configuration config) {
        int colon = address.lastIndexOf(':');
        if (colon <= 0 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new CommandFailure("--flink is %s, must be HOST:PORT".formatted(address));
        }
        this.host = address.substring(0, colon);
        this.port = Integer.parseInt(address.substring(colon + 1));
        this.config = config;
    }

    /**
     * Asks the cluster whether it can run the job, before anything is sent.
     *
     * @return its free task slots
     * @throws CommandFailure saying what it lacks
     */
    public int check() {
        try (RestClient client = new RestClient(config, Runnable::run)) {
            ClusterOverviewWithVersion overview = ask(client, ClusterOverviewHeaders.getInstance());
            checkVersion(overview.getVersion(), EnvironmentInformation.getVersion());
            checkLibraries(
                    RestMapperUtils.getStrictObjectMapper()
                            .writeValueAsString(
                                    ask(client, JobManagerEnvironmentHeaders.getInstance())),
                    nativeJars());
            var settings = new Configuration();
            ask(client, ClusterConfigurationInfoHeaders.getInstance())
                    .forEach(entry -> settings.setString(entry.getKey(), entry.getValue()));
            checkCheckpoints(settings);
            return overview.getNumSlotsAvailable();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        } catch (Exception e) {
            if (e instanceof CommandFailure failure) {
                throw failure;
            }
            throw new CommandFailure(
                    "no Flink answers at %s: %s; --flink takes its REST address, by default port 8081"
                            .formatted(this, LocalJob.rootMessage(e)),
                    e);
        }
    }

    private <P extends ResponseBody> P ask(
            RestClient client, MessageHeaders<EmptyRequestBody, P, EmptyMessageParameters> what)
            throws Exception {
        return client.sendRequest(host, port, what).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Jobs are understood within a minor version only. */
    static void checkVersion(String theirs, String ours) {
        if (!minor(theirs).equals(minor(ours))) {
            throw new CommandFailure(
                    "Flink there is version %s, this build is for %s"
                            .formatted(theirs, minor(ours)));
        }
    }

    private static String minor(String version) {
        return version.replaceFirst("^(\\d+\\.\\d+).*", "$1");
    }

    /**
     * @param environment of the job manager, in whatever form, its class path included
     */
    static void checkLibraries(String environment, List<Path> needed) {
        List<Path> missing =
                needed.stream()
                        .filter(jar -> !environment.contains("/" + jar.getFileName()))
                        .toList();
        if (!missing.isEmpty()) {
            throw new CommandFailure(
                    "Flink lacks the tensor engine's native libraries, which a process can load only"
                            + " once, so no job can bring them: copy into the lib folder of each node,"
                            + " then restart it: "
                            + missing.stream()
                                    .map(Path::toString)
                                    .collect(Collectors.joining(" ")));
        }
    }

    /** Without a folder Flink keeps checkpoints in the job manager's memory, up to 5 MB. */
    private void checkCheckpoints(Configuration cluster) {
        if (config.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isEmpty()
                && cluster.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isEmpty()) {
            String key = CheckpointingOptions.CHECKPOINTS_DIRECTORY.key();
            throw new CommandFailure(
                    ("%s is set neither here nor in the cluster: name a folder that all its nodes"
                                    + " reach, such as -D %s=s3://bucket/freshet")
                            .formatted(key, key));
        }
    }

    /** An environment whose jobs run there. */
    public StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.createRemoteEnvironment(
                host, port, config, sentJars().map(Path::toString).toArray(String[]::new));
    }

    private static Stream<Path> sentJars() {
        return jars().filter(jar -> !isNative(jar))
                .filter(jar -> !NOT_SENT.matcher(jar.getFileName().toString()).matches());
    }

    private static List<Path> nativeJars() {
        return jars().filter(FlinkCluster::isNative).toList();
    }

    /** Whether the jar holds native code, or its bindings, that a process can load only once. */
    public static boolean isNative(Path jar) {
        return jar.toString().contains(BYTEDECO.toString());
    }

    private static Stream<Path> jars() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .peek(FlinkCluster::refuseFolder);
    }

    private static void refuseFolder(Path entry) {
        if (Files.isDirectory(entry)) {
            throw new CommandFailure(
                    "%s is a folder; a job for a cluster is made of jars: use ./freshet"
                            .formatted(entry));
        }
    }

    /** Hands the job over and returns its id; it stays when this process ends. */
    public String submit(StreamExecutionEnvironment env, String name) {
        try {
            JobClient client = env.executeAsync(name);
            return client.getJobID().toString();
        } catch (Exception e) {
            throw new CommandFailure(
                    "Flink at %s does not take the job: %s"
                            .formatted(this, LocalJob.rootMessage(e)),
                    e);
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
