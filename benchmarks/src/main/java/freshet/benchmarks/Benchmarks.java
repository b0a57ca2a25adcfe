package freshet.benchmarks;

import freshet.benchmarks.images.Dl4jNetworkCommand;
import freshet.benchmarks.images.DriftDetectionBenchmark;
import freshet.benchmarks.images.GiftRotationBenchmark;
import freshet.benchmarks.images.HostileImagesBenchmark;
import freshet.benchmarks.memory.VectorSearchBenchmark;
import freshet.benchmarks.moons.TwoMoonsBenchmark;
import freshet.benchmarks.pipeline.DriftStreamBenchmark;
import freshet.benchmarks.pipeline.FreshnessBenchmark;
import freshet.benchmarks.pipeline.HostileStreamBenchmark;
import freshet.benchmarks.pipeline.ImageSpeedBenchmark;
import freshet.benchmarks.pipeline.PeerTextBenchmark;
import freshet.benchmarks.pipeline.PipelineSpeedBenchmark;
import freshet.benchmarks.pipeline.ResidentMemoryBenchmark;
import freshet.benchmarks.robots.ActingSpeedBenchmark;
import freshet.benchmarks.robots.RobotLatencyBenchmark;
import freshet.benchmarks.robots.RobotLearningBenchmark;
import freshet.benchmarks.robots.RobotLoopBenchmark;
import freshet.benchmarks.robots.RobotSabotageBenchmark;
import freshet.benchmarks.robots.RobotSimulatorsBenchmark;
import freshet.benchmarks.robots.WorldModelSpeedBenchmark;
import freshet.benchmarks.stability.AlertLatencyBenchmark;
import freshet.benchmarks.stability.HealthyWatchBenchmark;
import freshet.benchmarks.stability.ReparameterisationBenchmark;
import freshet.benchmarks.stability.SabotageBenchmark;
import freshet.benchmarks.stability.WatchSpeedBenchmark;
import freshet.benchmarks.text.ActivationL2Benchmark;
import freshet.benchmarks.text.LateSourceBenchmark;
import freshet.benchmarks.text.ProbeCostBenchmark;
import freshet.benchmarks.text.ProbeDriftBenchmark;
import freshet.benchmarks.text.StalenessBenchmark;
import freshet.benchmarks.text.TextScoreBenchmark;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;

/** Every measurement by name; each prints a table with the machine and the commit. */
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        description = "Measures, and prints a table with machine and commit.",
        subcommands = {
            TextScoreBenchmark.class,
            StalenessBenchmark.class,
            ActivationL2Benchmark.class,
            LateSourceBenchmark.class,
            ProbeCostBenchmark.class,
            ProbeDriftBenchmark.class,
            PeerTextBenchmark.class,
            VectorSearchBenchmark.class,
            PipelineSpeedBenchmark.class,
            FreshnessBenchmark.class,
            ResidentMemoryBenchmark.class,
            ImageSpeedBenchmark.class,
            DriftStreamBenchmark.class,
            HostileStreamBenchmark.class,
            GiftRotationBenchmark.class,
            DriftDetectionBenchmark.class,
            TwoMoonsBenchmark.class,
            HostileImagesBenchmark.class,
            Dl4jNetworkCommand.class,
            RobotSimulatorsBenchmark.class,
            RobotLearningBenchmark.class,
            RobotLoopBenchmark.class,
            RobotLatencyBenchmark.class,
            WorldModelSpeedBenchmark.class,
            EngineSpeedBenchmark.class,
            ActingSpeedBenchmark.class,
            WatchSpeedBenchmark.class,
            AlertLatencyBenchmark.class,
            SabotageBenchmark.class,
            HealthyWatchBenchmark.class,
            ReparameterisationBenchmark.class,
            RobotSabotageBenchmark.class
        })
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] args) {
        IExecutionExceptionHandler oneLine =
                (failure, command, parsed) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                };
        System.exit(
                new CommandLine(new Benchmarks())
                        .setExecutionExceptionHandler(oneLine)
                        .execute(args));
    }
}
