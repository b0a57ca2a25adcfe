package freshet.jobs.commands;

import freshet.client.ObservationRecords;
import freshet.client.RobotClient.Sight;
import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.jobs.commands.RobotLog.Picture;
import freshet.jobs.commands.RobotLog.Step;
import freshet.pipelines.RobotOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.RobotObservation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet publish robot}: logged episodes into the robots topic. */
@Command(
        name = "robot",
        description = {
            "Sends logged episodes of robots into the robots topic, to be learned from; see"
                    + " docs/robot-logs.md for the files.",
            "All rows and frames are looked at before the first is sent. Episodes must be above"
                    + " those that the pipeline knows of these robots, or they are dropped there as"
                    + " late."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet publish robot balance-log/",
            "  freshet publish robot monday/ tuesday/ --event-time 1700000000000"
        })
public final class PublishRobotCommand implements Runnable {

    private static final int NO_DEADLINE = 0;

    @Spec private CommandSpec spec;
    @Mixin private SettingsOptions settings;

    @Parameters(paramLabel = "LOG", arity = "1..*", description = "Folders of logs.")
    private List<Path> folders;

    @Option(
            names = "--event-time",
            paramLabel = "MILLIS",
            description =
                    "Event time of the first step, since 1970 UTC; the others keep their distance."
                            + " Default: so that the last step is now.")
    private Long eventTime;

    @Override
    public void run() {
        if (eventTime != null && eventTime < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--event-time is %d, must not be negative".formatted(eventTime));
        }
        List<Step> steps = RobotLog.read(folders);
        long bytes = 0;
        for (Step step : steps) {
            Picture picture = RobotLog.picture(step);
            bytes += picture == null ? 0 : picture.rgb().length;
        }
        Configuration configuration = settings.read();
        KafkaAccess kafka = SettingsOptions.kafka(configuration);
        String topic = RobotOptions.topics(configuration).observations();
        kafka.partitions(topic); // fails if there is no broker, or no topic
        send(steps, bytes, topic, kafka);
        spec.commandLine()
                .getOut()
                .printf(
                        "%,d steps of %d robots in topic %s at %s%n",
                        steps.size(),
                        steps.stream().map(Step::robot).distinct().count(),
                        topic,
                        kafka.servers());
        spec.commandLine().getOut().flush();
    }

    private void send(List<Step> steps, long bytes, String topic, KafkaAccess kafka) {
        long shift =
                eventTime == null
                        ? System.currentTimeMillis() - steps.get(steps.size() - 1).millis()
                        : eventTime - steps.get(0).millis();
        AvroCodec<RobotObservation> codec = AvroCodec.of(RobotObservation.class);
        Map<String, ObservationRecords> robots = new HashMap<>();
        AtomicReference<CommandFailure> failure = new AtomicReference<>();
        var progress = ProgressLine.on(spec.commandLine().getErr(), bytes);
        long sent = 0;
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (int index = 0; index < steps.size(); index++) {
                Step step = steps.get(index);
                Picture picture = RobotLog.picture(step);
                ObservationRecords records =
                        robots.computeIfAbsent(
                                step.robot(),
                                name -> new ObservationRecords(name, NO_DEADLINE, false, true));
                RobotObservation observation =
                        records.record(
                                step.episode(),
                                step.sequence(),
                                step.millis() + shift,
                                sight(step, picture));
                if (step.outcome() != null) {
                    records.became(step.outcome());
                }
                var unused =
                        producer.send(
                                new ProducerRecord<>(
                                        topic,
                                        step.robot().getBytes(StandardCharsets.UTF_8),
                                        codec.encode(observation)),
                                (metadata, problem) -> {
                                    if (problem != null) {
                                        failure.compareAndSet(
                                                null, kafka.explained(topic, problem));
                                    }
                                });
                check(failure);
                sent += picture == null ? 0 : picture.rgb().length;
                progress.at(sent, index + 1L);
            }
            producer.flush();
        }
        check(failure);
        progress.end(sent, steps.size());
    }

    private static Sight sight(Step step, Picture picture) {
        return picture == null
                ? new Sight(null, 0, 0, step.felt(), step.terminal())
                : new Sight(
                        picture.rgb(),
                        picture.width(),
                        picture.height(),
                        step.felt(),
                        step.terminal());
    }

    private static void check(AtomicReference<CommandFailure> failure) {
        if (failure.get() != null) {
            throw failure.get();
        }
    }
}
