package freshet.benchmarks;

import freshet.benchmarks.device.DeviceCheckBenchmark;
import freshet.benchmarks.images.Dl4jNetworkCommand;
import freshet.benchmarks.images.DriftDetectionBenchmark;
import freshet.benchmarks.images.GiftRotationBenchmark;
import freshet.benchmarks.images.HostileImagesBenchmark;
import freshet.benchmarks.memory.VectorSearchBenchmark;
import freshet.benchmarks.moons.TwoMoonsBenchmark;
import freshet.benchmarks.peers.PeerImagesBenchmark;
import freshet.benchmarks.peers.PeerRobotsBenchmark;
import freshet.benchmarks.peers.PeerStepsBenchmark;
import freshet.benchmarks.peers.PeerTextBenchmark;
import freshet.benchmarks.pipeline.DriftStreamBenchmark;
import freshet.benchmarks.pipeline.FreshnessBenchmark;
import freshet.benchmarks.pipeline.FuzzedStreamBenchmark;
import freshet.benchmarks.pipeline.HostileStreamBenchmark;
import freshet.benchmarks.pipeline.ImageSpeedBenchmark;
import freshet.benchmarks.pipeline.ManyModelsBenchmark;
import freshet.benchmarks.pipeline.PipelineSpeedBenchmark;
import freshet.benchmarks.pipeline.RecordCostsBenchmark;
import freshet.benchmarks.pipeline.ResidentMemoryBenchmark;
import freshet.benchmarks.pipeline.RoundsJobBenchmark;
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
import freshet.benchmarks.text.DepthBlendBenchmark;
import freshet.benchmarks.text.LateSourceBenchmark;
import freshet.benchmarks.text.LocalSgdBenchmark;
import freshet.benchmarks.text.ProbeCostBenchmark;
import freshet.benchmarks.text.ProbeDriftBenchmark;
import freshet.benchmarks.text.StalenessBenchmark;
import freshet.benchmarks.text.TextScoreBenchmark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Option;

/** Every measurement by name; each prints a table with the machine and the commit. */
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        description = "Measures, and prints a table with machine and commit.",
        subcommands = {
            TablesCommand.class,
            GrowthBenchmark.class,
            KernelsCommand.class,
            TextScoreBenchmark.class,
            StalenessBenchmark.class,
            ActivationL2Benchmark.class,
            LateSourceBenchmark.class,
            DepthBlendBenchmark.class,
            LocalSgdBenchmark.class,
            ProbeCostBenchmark.class,
            ProbeDriftBenchmark.class,
            PeerTextBenchmark.class,
            PeerImagesBenchmark.class,
            PeerRobotsBenchmark.class,
            PeerStepsBenchmark.class,
            VectorSearchBenchmark.class,
            PipelineSpeedBenchmark.class,
            FreshnessBenchmark.class,
            RecordCostsBenchmark.class,
            ResidentMemoryBenchmark.class,
            ImageSpeedBenchmark.class,
            DriftStreamBenchmark.class,
            HostileStreamBenchmark.class,
            FuzzedStreamBenchmark.class,
            ManyModelsBenchmark.class,
            RoundsJobBenchmark.class,
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
            DeviceCheckBenchmark.class,
            ActingSpeedBenchmark.class,
            WatchSpeedBenchmark.class,
            AlertLatencyBenchmark.class,
            SabotageBenchmark.class,
            HealthyWatchBenchmark.class,
            ReparameterisationBenchmark.class,
            RobotSabotageBenchmark.class
        })
public final class Benchmarks {

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Before the command: writes its tables there too, see Results.")
    private Path json;

    private Benchmarks() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs a command; its exit status. */
    static int run(String... args) {
        IExecutionExceptionHandler oneLine =
                (failure, command, parsed) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                };
        var benchmarks = new Benchmarks();
        long start = System.nanoTime();
        int exit = new CommandLine(benchmarks).setExecutionExceptionHandler(oneLine).execute(args);
        if (benchmarks.json != null) {
            double seconds = (System.nanoTime() - start) / 1e9;
            List<String> command = new ArrayList<>(List.of(args));
            int option = command.indexOf("--json");
            command.subList(option, option + 2).clear();
            Results.write(
                    benchmarks.json,
                    Results.report(
                            List.of(Results.run(command, exit, seconds, Results.printed()))));
        }
        return exit;
    }
}
