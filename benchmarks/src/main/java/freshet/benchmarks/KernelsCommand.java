package freshet.benchmarks;

import java.util.Collection;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs {@link Kernels} by JMH, each in a process of its own. */
@Command(
        name = "kernels",
        mixinStandardHelpOptions = true,
        description =
                "Time and allocation of the stream's inner loops, by JMH: decoding, batches, exact"
                        + " search, hashed contexts, Avro, snapshots, drift detectors.")
public final class KernelsCommand implements Callable<Integer> {

    @Option(names = "--only", description = "Regular expression of kernels' names; default: all.")
    private String only = ".*";

    @Option(names = "--forks", description = "Processes of each; default ${DEFAULT-VALUE}.")
    private int forks = 1;

    @Option(names = "--iterations", description = "Measured in each; default ${DEFAULT-VALUE}.")
    private int iterations = 5;

    @Option(names = "--millis", description = "Of an iteration; default ${DEFAULT-VALUE}.")
    private long millis = 1000;

    @Override
    public Integer call() throws RunnerException {
        System.out.println(Machine.line());
        Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include(Kernels.class.getName() + "\\.(" + only + ")$")
                                        .forks(forks)
                                        .warmupIterations(Math.max(1, iterations / 2))
                                        .warmupTime(TimeValue.milliseconds(millis))
                                        .measurementIterations(iterations)
                                        .measurementTime(TimeValue.milliseconds(millis))
                                        .addProfiler(GCProfiler.class)
                                        .verbosity(VerboseMode.SILENT)
                                        .shouldFailOnError(true)
                                        .build())
                        .run();
        Table table = Table.start("kernels", "kernel | us | ± (99.9 %) | bytes allocated");
        for (RunResult one : results) {
            Result<?> time = one.getPrimaryResult();
            table.row(
                    "%s | %.3f | %.3f | %,.0f",
                    time.getLabel(),
                    time.getScore(),
                    time.getScoreError(),
                    one.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
        }
        return results.isEmpty() ? 1 : 0;
    }
}
