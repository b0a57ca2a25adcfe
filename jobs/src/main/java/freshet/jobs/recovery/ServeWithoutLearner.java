package freshet.jobs.recovery;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.Logs;
import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.ModelManifest;
import freshet.schemas.TextObservation;
import freshet.schemas.TextPrediction;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Kills learner and predictor, two processes on a real Kafka, deletes the models topic, starts the
 * predictor alone, and compares its answer to a question with the one before. That the topic has
 * nothing to give is shown by a predictor without state: it answers with the untrained model. Exits
 * with 1 if the answers differ.
 */
@Command(
        name = "serve-without-learner",
        mixinStandardHelpOptions = true,
        description = "Shows that a predictor needs neither learner nor models topic to go on.")
public final class ServeWithoutLearner implements Callable<Integer> {

    private static final String TEXTS = "texts";
    private static final String QUESTION = "the mill turns and water runs over stones under";

    /** The checkpoint under way when the answer came may be older than the answer; the next not. */
    private static final int CHECKPOINTS_AFTER = 2;

    @Option(names = "--records", defaultValue = "100", description = "To learn from, from 50.")
    private int records;

    @Option(names = "--seed", defaultValue = "1")
    private long seed;

    @Option(names = "--folder", description = "Of topics, checkpoints and outputs.")
    private Path folder;

    private final PrintStream out = System.out;
    private final AvroCodec<TextObservation> texts = AvroCodec.of(TextObservation.class);
    private final AvroCodec<TextPrediction> predictions = AvroCodec.of(TextPrediction.class);
    private final RealStream stream = RealStream.of(Kind.texts);
    private KafkaAccess kafka;
    private long asked;

    public static void main(String[] args) {
        Logs.silent();
        System.exit(new CommandLine(new ServeWithoutLearner()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = folder == null ? Files.createTempDirectory("freshet-serve") : folder;
        out.printf("seed %d, %d records, everything in %s%n", seed, records, root);
        try (EmbeddedKafka broker = EmbeddedKafka.start(root.resolve("kafka"))) {
            kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            return compare(root) ? 0 : 1;
        }
    }

    private boolean compare(Path root) throws Exception {
        RunTopics topics = RunTopics.of("run");
        stream.publish(kafka, TEXTS, 1, records, seed);
        try (SeparateJob learner = job(root.resolve("learn"), "learn", "run", topics);
                SeparateJob predictor = job(root.resolve("serve"), "serve", "run", topics)) {
            learner.start();
            predictor.start();
            while (ask(predictor, topics).getModelVersion() == 0) {
                learner.staysAlive();
            }
            learner.kill();
            long newest = newestVersion(topics);
            TextPrediction before = ask(predictor, topics);
            while (before.getModelVersion() < newest) {
                before = ask(predictor, topics);
            }
            say("before", before);
            long last = predictor.checkpoints() + CHECKPOINTS_AFTER;
            while (predictor.checkpoints() < last) {
                ask(predictor, topics);
            }
            predictor.kill();
            deleteModels(topics);
            out.println("learner and predictor killed, models topic deleted");

            predictor.start();
            TextPrediction after = ask(predictor, topics);
            say("after", after);
            predictor.kill();

            TextPrediction stateless = withoutState(root, topics);
            say("without state", stateless);
            boolean same = answer(after).equals(answer(before));
            out.println(same ? "the answer is the same" : "THE ANSWER DIFFERS");
            return same && stateless.getModelVersion() == 0 && before.getModelVersion() > 0;
        }
    }

    private SeparateJob job(Path place, String branches, String group, RunTopics topics) {
        var live = new RealRun.Case(1, 1, false, RealRun.Fault.KILL);
        Map<String, String> settings = RealRun.settings(kafka, group, live);
        settings.putAll(stream.settings(TEXTS));
        settings.put(FreshetOptions.BOUNDED.key(), "false");
        topics.into(settings);
        return new SeparateJob(place, settings, branches);
    }

    /** What the topics alone can give: the same question to a predictor that starts anew. */
    private TextPrediction withoutState(Path root, RunTopics topics) {
        var others =
                new RunTopics(
                        topics.models(),
                        "stateless.predictions",
                        topics.telemetry(),
                        topics.alerts(),
                        topics.acknowledgements(),
                        topics.deadLetters());
        try (SeparateJob predictor = job(root.resolve("stateless"), "serve", "stateless", others)) {
            predictor.start();
            return ask(predictor, others);
        }
    }

    /**
     * Asks, as a source that was never heard of, without teaching: every question is the same but
     * for that name.
     */
    private TextPrediction ask(SeparateJob predictor, RunTopics topics) {
        String source = "question-" + asked++;
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            var observation =
                    new TextObservation(
                            source,
                            0L,
                            RealStream.eventTime(records),
                            ByteBuffer.wrap(QUESTION.getBytes(StandardCharsets.UTF_8)),
                            false);
            var unused =
                    producer.send(
                            new ProducerRecord<>(
                                    TEXTS,
                                    0,
                                    RealStream.eventTime(records),
                                    source.getBytes(StandardCharsets.UTF_8),
                                    texts.encode(observation)));
            producer.flush();
        }
        var answer = new AtomicReference<TextPrediction>();
        while (answer.get() == null) {
            predictor.staysAlive();
            if (exists(topics.predictions())) {
                new TopicReader(kafka, topics.predictions())
                        .toTheEnd(
                                record -> {
                                    TextPrediction prediction =
                                            predictions.decodeOwn(record.value());
                                    if (prediction.getSource().equals(source)) {
                                        answer.set(prediction);
                                    }
                                    return answer.get() == null;
                                });
            }
        }
        return answer.get();
    }

    private boolean exists(String topic) {
        try (Admin admin = Admin.create(kafka.properties())) {
            return admin.listTopics().names().get().contains(topic);
        } catch (ExecutionException e) {
            throw kafka.explained(topic, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** All but the name of the asker and the clock. */
    private static TextPrediction answer(TextPrediction prediction) {
        return TextPrediction.newBuilder(prediction).setSource("").setServedAt(0).build();
    }

    /** Newest version that is committed; the killed learner commits no other. */
    private long newestVersion(RunTopics topics) {
        AvroCodec<ModelManifest> manifests = AvroCodec.of(ModelManifest.class);
        var newest = new AtomicLong();
        new TopicReader(kafka, topics.models())
                .toTheEnd(
                        record -> {
                            if (manifests.recognises(record.value())) {
                                newest.set(manifests.decodeOwn(record.value()).getVersion());
                            }
                            return true;
                        });
        return newest.get();
    }

    /** The predictor makes it again, empty. */
    private void deleteModels(RunTopics topics) throws InterruptedException {
        try (Admin admin = Admin.create(kafka.properties())) {
            admin.deleteTopics(List.of(topics.models())).all().get();
        } catch (ExecutionException e) {
            throw kafka.explained(topics.models(), e.getCause());
        }
    }

    private void say(String when, TextPrediction prediction) {
        out.printf(
                "%-14s model version %d, trained through %d, %.6f bits for %d bytes%n",
                when,
                prediction.getModelVersion(),
                prediction.getTrainedThrough(),
                prediction.getBitsAll(),
                prediction.getTextBytes());
        out.flush();
    }
}
