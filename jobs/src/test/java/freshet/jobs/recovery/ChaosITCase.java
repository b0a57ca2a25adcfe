package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.jobs.SeparateProcess;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A little of the command: a job manager, two task managers, ZooKeeper and Kafka as processes of
 * their own, on which learn and serve run as two jobs while one part after another is killed. Jobs
 * for a cluster are made of jars, so it runs in a process with the class path that users have.
 */
class ChaosITCase {

    private static final Path TARGET = Path.of("target");

    @Test
    void aBrokenClusterLeavesTheBytesOfAnUndisturbedOne(@TempDir Path folder) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SeparateProcess.FLINK_OPENS);
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-cp", classPath()));
        command.add(Chaos.class.getName());
        command.addAll(List.of("--folder", folder.resolve("cluster").toString()));
        command.addAll(List.of("--pipelines", "texts", "--records", "60", "--seconds", "1"));
        command.addAll(List.of("--faults", "KILL_TASK_MANAGER,KILL_BROKER"));
        Process chaos = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(chaos.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(chaos.waitFor()).as(said).isZero();
        assertThat(said).contains("KILL_").endsWith("every result is bit-identical\n");
    }

    private static String classPath() throws Exception {
        return TARGET.resolve("freshet-jobs-0.1.0-SNAPSHOT.jar").toAbsolutePath()
                + File.pathSeparator
                + Files.readString(TARGET.resolve("classpath")).strip();
    }
}
