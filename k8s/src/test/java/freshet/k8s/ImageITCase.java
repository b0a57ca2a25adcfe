package freshet.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the Dockerfile copies, as {@code mvn package} lays it out. The image itself is not built
 * here: that needs a Docker engine and its base image.
 */
class ImageITCase {

    private static final Path LAYOUT = Path.of("image", "target");

    /** What the base image has in its lib folder: Flink, its loggers, and Scala for tables. */
    private static final Pattern OF_FLINK =
            Pattern.compile(
                    "(flink-(?!connector)|slf4j-|log4j-|kryo-|minlog-|objenesis-|reflectasm-"
                            + "|javassist-|frocksdbjni-).*");

    /** Needed by the embedded broker only. */
    private static final Pattern OF_BROKER =
            Pattern.compile("(kafka_|kafka-(?!clients)|scala-|metrics-core-|async-profiler).*");

    @Test
    void allThatTheDockerfileCopiesIsThereAndNotIgnored() throws IOException {
        Matcher copies =
                Pattern.compile("^COPY (\\S+)/ (\\S+)$", Pattern.MULTILINE)
                        .matcher(Files.readString(Path.of("Dockerfile")));
        var copied = new TreeSet<String>();
        while (copies.find()) {
            copied.add(copies.group(1));
            assertThat(jars(Path.of(copies.group(1)))).isNotEmpty();
        }
        assertThat(copied)
                .containsExactlyInAnyOrder(
                        "image/target/native", "image/target/libraries", "image/target/freshet");
        assertThat(Files.readAllLines(Path.of(".dockerignore")))
                .containsExactly("*", "!image/target");
    }

    @Test
    void theJobsJarHasTheNameOfTheManifests() {
        assertThat(LAYOUT.resolve("freshet/freshet-jobs.jar")).exists();
        String jar =
                Kustomization.find(
                                Kustomization.render(Path.of("overlays", "prod")),
                                "FlinkDeployment",
                                "freshet-serve")
                        .orElseThrow()
                        .at("/spec/job/jarURI")
                        .asText();
        assertThat(jar).isEqualTo("local:///opt/flink/usrlib/freshet-jobs.jar");
    }

    /** Together with the base image these are the libraries that the tests ran with, no more. */
    @Test
    void nothingIsMissingAndNothingIsThereTwice() throws IOException {
        List<String> laidOut = new ArrayList<>();
        for (String layer : List.of("native", "libraries", "freshet")) {
            laidOut.addAll(jars(LAYOUT.resolve(layer)));
        }
        assertThat(laidOut).doesNotHaveDuplicates().noneMatch(OF_FLINK.asMatchPredicate());
        var needed = new TreeSet<String>();
        String classPath = Files.readString(Path.of("..", "jobs", "target", "classpath"));
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            String jar = Path.of(entry.strip()).getFileName().toString();
            if (!OF_FLINK.matcher(jar).matches() && !OF_BROKER.matcher(jar).matches()) {
                needed.add(jar.replaceFirst("^(freshet-.*)-\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?", "$1"));
            }
        }
        needed.add("freshet-jobs.jar");
        assertThat(laidOut).containsAll(needed);
    }

    @Test
    void commandsStartWithIt() throws Exception {
        assertThat(run("freshet.jobs.Freshet", "--version")).contains("Freshet");
        assertThat(run("freshet.jobs.Freshet", "page", "--help")).contains("--token-from");
        assertThat(run("freshet.jobs.ApplicationJob", "--branches", "learn"))
                .contains("kafka.bootstrap-servers is not set");
    }

    private static String run(String... command) throws IOException, InterruptedException {
        List<String> classPath = new ArrayList<>();
        for (String layer : List.of("native", "libraries", "freshet")) {
            classPath.add(LAYOUT.resolve(layer) + "/*");
        }
        // In place of the base image's lib folder.
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (OF_FLINK.matcher(Path.of(entry).getFileName().toString()).matches()) {
                classPath.add(entry);
            }
        }
        String entries = String.join(File.pathSeparator, classPath);
        return JavaProcess.run(List.of("-cp", entries), List.of(command)).said();
    }

    private static List<String> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .toList();
        }
    }
}
