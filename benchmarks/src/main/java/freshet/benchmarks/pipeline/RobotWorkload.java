package freshet.benchmarks.pipeline;

import freshet.benchmarks.robots.LoggedEpisodes;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RobotOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.RobotObservation;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Logged episodes of cart-poles that acted at random: what they are told now is not done. */
public final class RobotWorkload implements Workload {

    private static final int ROBOTS = 8;

    private final LoggedEpisodes episodes;
    private final int observations;
    private final int pixels;
    private final int firstUpdateAfter;
    private final AvroCodec<RobotObservation> codec = AvroCodec.of(RobotObservation.class);

    /**
     * @param pixels side of a picture
     * @param firstUpdateAfter observations
     */
    public RobotWorkload(int observations, int pixels, int firstUpdateAfter) {
        episodes = new LoggedEpisodes(ROBOTS, pixels, 1);
        this.firstUpdateAfter = firstUpdateAfter;
        this.observations = observations;
        this.pixels = pixels;
    }

    @Override
    public String unit() {
        return "observations";
    }

    @Override
    public int records() {
        return observations;
    }

    @Override
    public int answers(int records) {
        return episodes.answers(records);
    }

    @Override
    public Map<String, String> options() {
        return Map.of(
                FreshetOptions.PIPELINE.key(),
                FreshetOptions.Pipeline.ROBOTS.name(),
                RobotOptions.PIXELS.key(),
                String.valueOf(pixels),
                RobotOptions.FIRST_UPDATE_AFTER.key(),
                String.valueOf(firstUpdateAfter));
    }

    /** Which observation is that of a step. */
    public int number(String robot, long episode, long sequence) {
        return episodes.number(robot, episode, sequence);
    }

    @Override
    public Sender sender(PipelineRun run) {
        String topic = run.config().get(RobotOptions.ROBOTS_TOPIC);
        KafkaProducer<byte[], byte[]> producer = run.kafka().producer();
        return new Sender() {
            @Override
            public void send(int number, long eventTimeMillis) {
                RobotObservation observation = episodes.get(number, eventTimeMillis);
                byte[] key = observation.getRobot().getBytes(StandardCharsets.UTF_8);
                var unused =
                        producer.send(new ProducerRecord<>(topic, key, codec.encode(observation)));
            }

            @Override
            public void close() {
                producer.flush();
                producer.close();
            }
        };
    }
}
