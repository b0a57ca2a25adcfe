package freshet.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A short version of what compares speeds and scores, one command after another, each in a process
 * of its own as if it were run by hand.
 */
@Command(
        name = "tables",
        mixinStandardHelpOptions = true,
        description = {
            "Runs short versions of the comparisons of speed and score, prints their tables, and with"
                    + " --json writes them all into one file (docs: freshet.benchmarks.Results).",
            "About a quarter of an hour on two quiet cores. What fails, for want of Python's"
                    + " packages or of time, is said and left out."
        })
public final class TablesCommand implements Callable<Integer> {

    /** In the order of what is compared. */
    private static final List<String> COMMANDS =
            List.of(
                    "text-score --bytes 150000",
                    "late-source --bytes 80000 --late-bytes 40000",
                    "pipeline-speed --bytes 30000 --rounds 1",
                    "image-speed --images 10000 --rounds 2",
                    "drift-stream --source 6400 --before 3200 --after 6400",
                    "robot-latency --robots 1,8 --warm-up 10 --seconds 10",
                    "engine-speed --warm-up 10 --updates 30",
                    "world-model-speed --warm-up 10 --updates 30",
                    "peer-steps --updates 30 --rounds 2",
                    "peer-text --bytes 30000 --rounds 1 --paced-seconds 10 --warm-up-seconds 5",
                    "peer-images --images 8000 --rounds 1 --paced-seconds 10 --warm-up-seconds 5",
                    "peer-robots --observations 1500 --rounds 1 --paced-seconds 10"
                            + " --warm-up-seconds 10",
                    "vector-search --counts 3000 --learned 5000 --queries 256");

    /** Commands that are about learners' steps, and run on either engine. */
    private static final List<String> OF_ENGINES =
            List.of("engine-speed", "world-model-speed", "peer-steps");

    private static final int TIMED_OUT = 124; // as timeout(1) has it
    private static final String ND4J_ENGINE = "freshet.engines.nd4j.Nd4jProvider";

    @Option(names = "--only", split = ",", description = "Commands by name; default: all.")
    private List<String> only = List.of();

    @Option(
            names = "--limit-seconds",
            description = "After which a command is ended; default ${DEFAULT-VALUE}.")
    private int limitSeconds = 180;

    @Option(names = "--json", paramLabel = "FILE", description = "Where all tables are written.")
    private Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("freshet-tables");
        List<ObjectNode> runs = new ArrayList<>();
        int failed = 0;
        for (List<String> command : commands()) {
            System.out.printf("%n## %s%n%n", String.join(" ", command));
            System.out.flush();
            Path file = folder.resolve(runs.size() + ".json");
            long start = System.nanoTime();
            int exit = run(command, file);
            if (exit == 0) {
                runs.addAll(Results.runs(file));
            } else {
                failed++;
                double seconds = (System.nanoTime() - start) / 1e9;
                runs.add(Results.run(command, exit, seconds, List.of()));
                System.out.printf("%s ended with %d%n", command.get(0), exit);
            }
        }
        if (json != null) {
            Results.write(json, Results.report(runs));
        }
        System.out.printf(
                "%n%d commands, %d of them failed; %s, %s%n",
                runs.size(), failed, Machine.line(), Results.now());
        return failed == 0 ? 0 : 1;
    }

    /** Those that are wanted; of learners' steps also on the second engine, where it was built. */
    private List<List<String>> commands() {
        List<List<String>> commands = new ArrayList<>();
        for (String line : COMMANDS) {
            List<String> words = List.of(line.split(" ", -1));
            if (!only.isEmpty() && !only.contains(words.get(0))) {
                continue;
            }
            commands.add(words);
            if (OF_ENGINES.contains(words.get(0)) && hasNd4j()) {
                List<String> other = new ArrayList<>(words);
                other.addAll(List.of("--engine", "nd4j"));
                commands.add(other);
            }
        }
        if (commands.isEmpty()) {
            throw new IllegalArgumentException("none of %s is among the tables".formatted(only));
        }
        return commands;
    }

    private static boolean hasNd4j() {
        try {
            Class.forName(ND4J_ENGINE, false, TablesCommand.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private int run(List<String> command, Path file) throws IOException, InterruptedException {
        List<String> java = new ArrayList<>();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        java.addAll(List.of("-cp", System.getProperty("java.class.path")));
        java.add(Benchmarks.class.getName());
        java.addAll(List.of("--json", file.toString()));
        java.addAll(command);
        Process process = new ProcessBuilder(java).inheritIO().start();
        if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            return TIMED_OUT;
        }
        return process.exitValue();
    }
}
