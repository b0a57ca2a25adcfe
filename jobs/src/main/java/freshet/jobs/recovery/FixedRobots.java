package freshet.jobs.recovery;

import freshet.jobs.KafkaAccess;
import freshet.learners.robots.RobotTrack;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RobotOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.RobotObservation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * {@link RobotEpisodes} of four robots spread over the partitions, each in one of them, out of
 * order by up to 450 ms between robots.
 */
final class FixedRobots implements RealStream {

    private static final int SIDE = 15; // the least that the small recipe reads
    private static final RobotEpisodes.Shape SHAPE =
            new RobotEpisodes.Shape(SIDE, 0, SOURCES, 24, 3);
    private static final RobotEpisodes.Clock CLOCK =
            new RobotEpisodes.Clock(START_MILLIS, STEP_MILLIS, SOURCE_DELAY_MILLIS);

    private final RobotOptions.Source experience;

    FixedRobots(RobotOptions.Source experience) {
        this.experience = experience;
    }

    @Override
    public Map<String, String> settings(String name) {
        Map<String, String> settings = new TreeMap<>();
        settings.put(FreshetOptions.PIPELINE.key(), "robots");
        settings.put(RobotOptions.ROBOTS_TOPIC.key(), name);
        settings.put(FreshetOptions.ALLOWED_DISORDER.key(), "1 s");
        settings.put(RobotOptions.PIXELS.key(), String.valueOf(SIDE));
        settings.put(RobotOptions.EXPERIENCE.key(), experience.toString());
        settings.put(RobotOptions.FIRST_UPDATE_AFTER.key(), "60");
        settings.put(RobotOptions.MAX_GAP.key(), String.valueOf(RobotEpisodes.MAX_GAP));
        settings.put(RobotOptions.REPORT_EVERY.key(), "5");
        return settings;
    }

    @Override
    public void publish(
            KafkaAccess kafka,
            String topic,
            int partitions,
            int records,
            long seed,
            Consumer<String> beforeEach) {
        RealStream.createTopic(kafka, topic, partitions);
        AvroCodec<RobotObservation> codec = AvroCodec.of(RobotObservation.class);
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (RobotEpisodes.Sent sent : RobotEpisodes.of(SHAPE, CLOCK, seed, records)) {
                RobotObservation one = sent.observation();
                beforeEach.accept(
                        RobotEpisodes.step(one.getRobot(), one.getEpisode(), one.getSequence()));
                var unused =
                        producer.send(
                                new ProducerRecord<>(
                                        topic,
                                        sent.robot() % partitions,
                                        sent.logMillis(),
                                        one.getRobot().getBytes(StandardCharsets.UTF_8),
                                        codec.encode(one)));
            }
            producer.flush();
        }
    }

    /** Not all get one, and which do depends on the order in which they are looked at. */
    @Override
    public int answers(int records, boolean evaluation) {
        List<RobotObservation> inOrder = new ArrayList<>();
        for (RobotEpisodes.Sent sent : RobotEpisodes.of(SHAPE, CLOCK, 0, records)) {
            inOrder.add(sent.observation());
        }
        if (evaluation) {
            inOrder.sort(Comparator.comparing(RobotObservation::getEventTime));
        }
        Map<String, RobotTrack> tracks = new TreeMap<>();
        var answered = new TreeSet<String>();
        for (RobotObservation one : inOrder) {
            if (one.getImageWidth() != SIDE || !one.getProprioception().isEmpty()) {
                continue; // a dead letter
            }
            RobotTrack track =
                    tracks.computeIfAbsent(
                            one.getRobot(), unknown -> new RobotTrack(RobotEpisodes.MAX_GAP, 1));
            switch (track.arrive(one.getEpisode(), one.getSequence(), List.of()).fate()) {
                case LATE, REPEATED -> {}
                default -> {
                    if (one.getTerminal()) {
                        track.ended();
                    } else {
                        track.answered(new float[1]);
                        answered.add(
                                RobotEpisodes.step(
                                        one.getRobot(), one.getEpisode(), one.getSequence()));
                    }
                }
            }
        }
        return answered.size();
    }

    @Override
    public String key(ConsumerRecord<byte[], byte[]> action) {
        return RobotEpisodes.step(action.value());
    }
}
