package freshet.k8s;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java process that has ended. */
record JavaProcess(int exit, String said) {

    /**
     * Runs one to its end, with the Java of the tests.
     *
     * @param options of Java, the class path among them
     * @param command main class and its arguments
     */
    static JavaProcess run(List<String> options, List<String> command)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(options);
        line.addAll(command);
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new JavaProcess(process.waitFor(), said);
    }
}
