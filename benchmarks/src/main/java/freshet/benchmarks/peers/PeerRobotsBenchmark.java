package freshet.benchmarks.peers;

import com.fasterxml.jackson.databind.JsonNode;
import freshet.benchmarks.Spread;
import freshet.benchmarks.pipeline.PipelineRun;
import freshet.benchmarks.pipeline.RobotWorkload;
import freshet.benchmarks.pipeline.Workload;
import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RobotOptions;
import freshet.schemas.Action;
import freshet.schemas.AvroCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The robot pipeline beside the loop in Python that one would write instead, on logged episodes:
 * what robots are told is not done, so that both sides see the same.
 */
@Command(
        name = "peer-robots",
        mixinStandardHelpOptions = true,
        description = {
            "Observations a second, latency and losses of the robot pipeline and of"
                    + " benchmarks/peers/robot_loop.py: the same world model and policy with all"
                    + " losses in PyTorch, which answers and trains in one loop, without telemetry"
                    + " and recovery. Eight cart-poles that act at random were logged; every"
                    + " observation is answered, and learned four steps an update.",
            "Needs what benchmarks/peers/README.md lists."
        })
public final class PeerRobotsBenchmark implements Callable<Integer>, PeerTask {

    private static final int MEASURED_EVERY = 50; // updates, on both sides

    /** Title by measurement of the world model. */
    private static final Map<String, String> LOSSES = new LinkedHashMap<>();

    static {
        LOSSES.put("contrastNats", "contrast, nats");
        LOSSES.put("rewardLoss", "reward");
        LOSSES.put("inverseLoss", "inverse dynamics");
        LOSSES.put("divergenceNats", "divergence, nats");
    }

    @Option(names = "--observations", description = "Of each run; default ${DEFAULT-VALUE}.")
    private int observations = 4_000;

    @Option(names = "--pixels", description = "Side of a picture; default ${DEFAULT-VALUE}.")
    private int pixels = 24;

    @Option(names = "--first-update-after", description = "Observations; default ${DEFAULT-VALUE}.")
    private int firstUpdateAfter = 250;

    @Option(names = "--pace", description = "Observations a second; default ${DEFAULT-VALUE}.")
    private double pace = 40;

    @Mixin private PeerContest contest = new PeerContest();

    private final AvroCodec<Action> actions = AvroCodec.of(Action.class);
    private RobotWorkload workload;

    @Override
    public Integer call() throws IOException {
        workload = new RobotWorkload(observations, pixels, firstUpdateAfter);
        return contest.run(this, pace);
    }

    @Override
    public Workload workload() {
        return workload;
    }

    @Override
    public String script() {
        return "robot_loop.py";
    }

    @Override
    public List<String> arguments(PipelineRun run) {
        return List.of(
                "--telemetry",
                run.config().get(FreshetOptions.TELEMETRY_TOPIC),
                "--pixels",
                String.valueOf(pixels),
                "--first-update-after",
                String.valueOf(firstUpdateAfter));
    }

    @Override
    public List<String> topics(PipelineRun run) {
        return List.of(run.config().get(RobotOptions.ROBOTS_TOPIC));
    }

    @Override
    public int number(ConsumerRecord<byte[], byte[]> answer, Side side) {
        if (side == Side.FRESHET) {
            Action action = PipelineRun.decode(actions, answer);
            return workload.number(action.getRobot(), action.getEpisode(), action.getSequence());
        }
        JsonNode action = LoopAnswers.read(answer);
        return workload.number(
                action.get("robot").asText(),
                action.get("episode").asLong(),
                action.get("sequence").asLong());
    }

    @Override
    public String scoreColumns() {
        return "updates | " + String.join(" | ", LOSSES.values());
    }

    /** Means over the later half of the updates that were measured. */
    @Override
    public List<String> scores(PipelineRun run, Side side, int records) {
        Map<String, List<Double>> measured = new LinkedHashMap<>();
        LOSSES.keySet().forEach(name -> measured.put(name, new ArrayList<>()));
        if (side == Side.FRESHET) {
            measured.replaceAll((name, none) -> run.measured(name));
        } else {
            new TopicReader(run.kafka(), run.config().get(FreshetOptions.TELEMETRY_TOPIC))
                    .toTheEnd(
                            report -> {
                                JsonNode one = LoopAnswers.read(report);
                                measured.forEach(
                                        (name, values) -> values.add(one.get(name).asDouble()));
                                return true;
                            });
        }
        var scores = new ArrayList<String>();
        long updates = (long) MEASURED_EVERY * measured.get("contrastNats").size();
        scores.add(String.valueOf(updates));
        for (List<Double> values : measured.values()) {
            List<Double> later = values.subList(values.size() / 2, values.size());
            double[] numbers = later.stream().mapToDouble(Double::doubleValue).toArray();
            scores.add("%.4f".formatted(Spread.mean(numbers)));
        }
        return scores;
    }
}
