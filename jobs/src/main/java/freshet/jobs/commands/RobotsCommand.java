package freshet.jobs.commands;

import freshet.client.GateSettings;
import freshet.client.Latencies;
import freshet.client.MissPolicy;
import freshet.client.RobotClient;
import freshet.client.RobotClock;
import freshet.client.RobotLink;
import freshet.jobs.KafkaAccess;
import freshet.jobs.StopSignal;
import freshet.jobs.robots.EpisodeLog;
import freshet.jobs.robots.ReportLog;
import freshet.jobs.robots.RobotLogWriter;
import freshet.jobs.robots.RobotLoop;
import freshet.pipelines.RobotOptions;
import freshet.schemas.RobotObservation;
import freshet.simulators.RobotFleet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet robots}: simulated robots as a process of their own. */
@Command(
        name = "robots",
        description = {
            "Runs simulated robots that send what they see and do what the actions topic says, until"
                    + " stopped.",
            "An action that is not there by its deadline is a miss; --miss says what is done then."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet robots --task balance --count 20",
            "  freshet robots --task swing-up --distraction easy --hz 0 --steps 5000",
            "  freshet robots --task reacher --evaluate --name judge --episodes returns.csv",
            "  freshet robots --task balance --count 4 --steps 5000 --log balance-log/"
        })
public final class RobotsCommand implements Runnable {

    private static final int MAX_ROBOTS = 10_000;
    private static final double MAX_HERTZ = 1000;
    private static final int NO_HURRY_MILLIS = 60_000;
    private static final long LINE_NANOS = 5_000_000_000L;

    @Spec private CommandSpec spec;
    @Mixin private SettingsOptions settings;
    @Mixin private SimulatorOptions simulator;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "8",
            description = "Robots, 1 to 10000; default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = "--first",
            paramLabel = "N",
            defaultValue = "0",
            description = "Number of the first robot; default: ${DEFAULT-VALUE}.")
    private int first;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "robot",
            description = "Robots are called NAME-0, NAME-1 ...; default: ${DEFAULT-VALUE}.")
    private String name;

    @Option(
            names = "--hz",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "Steps a second of each robot, up to 1000; 0: as fast as actions come; default:"
                            + " ${DEFAULT-VALUE}.")
    private double hertz;

    @Option(
            names = "--deadline",
            paramLabel = "MS",
            description =
                    "Time for an action, milliseconds, from 1 to a period; default: a period, with"
                            + " --hz 0 a minute.")
    private Integer deadlineMillis;

    @Option(
            names = "--miss",
            paramLabel = "POLICY",
            defaultValue = "hold-last",
            description = "hold-last, zero or safe-stop; default: ${DEFAULT-VALUE}.")
    private String miss;

    @Option(
            names = "--stop-after",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Misses in a row that stop a robot; 0: none do; default: ${DEFAULT-VALUE}.")
    private int stopAfter;

    @Option(
            names = "--max-change",
            paramLabel = "X",
            defaultValue = "2",
            description =
                    "How much an actuator may change in a step, up to 2: at will; default:"
                            + " ${DEFAULT-VALUE}.")
    private float maxChange;

    @Option(names = "--proprioception", description = "Send also what the motors' sensors measure.")
    private boolean proprioception;

    @Option(
            names = "--evaluate",
            description = "Ask for the best actions, without exploring, and to learn nothing.")
    private boolean evaluate;

    @Option(
            names = "--first-episode",
            paramLabel = "N",
            description =
                    "Number of the first episode, above all earlier ones of these robots; default:"
                            + " seconds since 1970.")
    private Long firstEpisode;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Stop after N actions of each robot.")
    private Long steps;

    @Option(
            names = "--episodes",
            paramLabel = "FILE",
            description = "CSV file to write: a line an episode, with its return.")
    private Path episodes;

    @Option(
            names = "--reports",
            paramLabel = "FILE",
            description = "CSV file to write: what is printed every five seconds, as a line.")
    private Path reports;

    @Option(
            names = "--states",
            paramLabel = "FILE",
            description = "CSV file to write: the true state at every step, for probes.")
    private Path states;

    @Option(
            names = "--log",
            paramLabel = "DIR",
            description =
                    "Folder to write: all steps with their frames, for publish robot; see"
                            + " docs/robot-logs.md.")
    private Path robotLog;

    private long nextLine;

    @Override
    public void run() {
        checkArguments();
        Configuration configuration = settings.read();
        KafkaAccess kafka = SettingsOptions.kafka(configuration);
        RobotFleet fleet = simulator.fleet(first, count);
        GateSettings gate =
                new GateSettings(
                        fleet.task().actuators(), MissPolicy.of(miss), stopAfter, maxChange);
        var topics = RobotOptions.topics(configuration);
        kafka.partitions(topics.observations()); // fails if there is no broker, or no topic
        kafka.partitions(topics.actions());
        kafka.partitions(topics.control());
        var latencies = new Latencies();
        var clock = RobotClock.SYSTEM;
        StopSignal stop = StopSignal.install();
        try (var link =
                        new RobotLink(
                                kafka.properties(),
                                new RobotLink.Topics(
                                        topics.observations(),
                                        topics.actions(),
                                        topics.control()));
                var log =
                        new EpisodeLog(
                                episodes, states, fleet.task().trueStateNames(), clock::nanos);
                var reported = new ReportLog(reports, spec.commandLine().getOut());
                var logged =
                        robotLog == null
                                ? null
                                : new RobotLogWriter(robotLog, fleet.task().actuators())) {
            Consumer<RobotObservation> sender =
                    observation -> {
                        link.send(observation);
                        if (logged != null) {
                            logged.take(observation);
                        }
                    };
            List<RobotClient> clients = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                var client =
                        new RobotClient(
                                "%s-%d".formatted(name, first + i),
                                gate,
                                deadline(),
                                !evaluate,
                                !evaluate,
                                clock,
                                sender,
                                latencies);
                link.add(client);
                clients.add(client);
            }
            long from = firstEpisode == null ? clock.epochMillis() / 1000 : firstEpisode;
            var loop = new RobotLoop(fleet, clients, from, proprioception, log);
            long start = clock.nanos();
            nextLine = start + LINE_NANOS;
            BooleanSupplier ends =
                    () -> {
                        if (clock.nanos() >= nextLine) {
                            nextLine += LINE_NANOS;
                            reported.report(
                                    clock.nanos() - start, loop, log, link.lost(), latencies);
                        }
                        return stop.isWanted();
                    };
            // One turn more than actions: the first only sees.
            long turns = steps == null ? Long.MAX_VALUE / MAX_ROBOTS : steps + 1;
            if (hertz == 0) {
                loop.runAtOnce(turns, ends);
            } else {
                loop.run(hertz, turns, clock, ends);
            }
            reported.report(clock.nanos() - start, loop, log, link.lost(), latencies);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int deadline() {
        if (deadlineMillis != null) {
            return deadlineMillis;
        }
        return hertz == 0 ? NO_HURRY_MILLIS : Math.max(1, (int) (1000 / hertz));
    }

    private void checkArguments() {
        if (count < 1 || count > MAX_ROBOTS) {
            throw misuse("--count is %d, must be from 1 to %d".formatted(count, MAX_ROBOTS));
        }
        if (!(hertz >= 0 && hertz <= MAX_HERTZ)) {
            throw misuse("--hz is %s, must be from 0 to 1000".formatted(hertz));
        }
        if (deadlineMillis != null
                && (deadlineMillis < 1 || (hertz > 0 && deadlineMillis > 1000 / hertz))) {
            throw misuse("--deadline is %d, must be from 1 to a period".formatted(deadlineMillis));
        }
        if (steps != null && (steps < 1 || steps > Integer.MAX_VALUE)) {
            throw misuse("--steps is %d, must be from 1 to 2147483647".formatted(steps));
        }
        if (firstEpisode != null && firstEpisode < 0) {
            throw misuse("--first-episode is %d, must not be negative".formatted(firstEpisode));
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
