package freshet.jobs.cluster;

import freshet.jobs.FlinkCluster;
import java.io.File;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which of our jars make a Flink node: what Flink's own distribution has in its {@code lib} folder,
 * and the tensor engine's native libraries, which jobs share. Everything else travels with a job,
 * as to any other cluster.
 */
final class NodeLibraries {

    private static final Pattern FLINKS =
            Pattern.compile(
                    "flink-(?!connector).*|(slf4j|log4j|kryo|minlog|reflectasm|objenesis|javassist"
                            + "|async-profiler|frocksdbjni|snakeyaml-engine|snappy-java|lz4-java"
                            + "|commons-(cli|collections|compress|io|lang3|math3|text))-.*");

    private NodeLibraries() {}

    /** A class path for a node, in the order of {@code classPath}. */
    static String of(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator, -1))
                .filter(NodeLibraries::isNodes)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isNodes(String jar) {
        Path path = Path.of(jar);
        return FlinkCluster.isNative(path)
                || FLINKS.matcher(path.getFileName().toString()).matches();
    }
}
