package freshet.benchmarks.pipeline;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.StreamJob;
import freshet.jobs.TopicReader;
import freshet.operators.InRecord;
import freshet.operators.RecordDecoder;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.FreshetOptions.Pipeline;
import freshet.pipelines.ImageOptions;
import freshet.schemas.ControlCommand;
import freshet.schemas.Label;
import freshet.schemas.Measurement;
import freshet.schemas.ModelChunk;
import freshet.schemas.Telemetry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Fuzzed records in every topic that a pipeline reads: observations, labels, models, commands and
 * telemetry. No job may stop, for it is not restarted; every sound observation must be answered;
 * and every fuzzed observation that its decoder refuses must be among the dead letters, byte for
 * byte.
 */
@Command(
        name = "fuzzed-stream",
        mixinStandardHelpOptions = true,
        description =
                "Streams fuzzed records through all topics; fails if anything stops or is lost.")
public final class FuzzedStreamBenchmark implements Callable<Integer> {

    private static final int PATIENCE_LOOKS = 120;
    private static final long LOOK_EVERY_MILLIS = 500;
    private static final int OBSERVATIONS_A_SOUND_ONE = 100;

    @Option(names = "--records", description = "Fuzzed, in all; default ${DEFAULT-VALUE}.")
    private int records = 1_000_000;

    @Option(names = "--pipelines", split = ",", description = "Default ${DEFAULT-VALUE}.")
    private List<Pipeline> pipelines = List.of(Pipeline.values());

    @Option(names = "--seed", description = "Default ${DEFAULT-VALUE}.")
    private long seed = 1;

    private int failed;

    @Override
    public Integer call() throws IOException {
        System.out.println(Machine.line());
        Table table =
                Table.start(
                        "fuzzed",
                        "pipeline | fuzzed records | of them observations | refused by the decoder"
                                + " | among the dead letters | dead letters in all | sound ones"
                                + " answered | fuzzed records/s");
        for (Pipeline pipeline : pipelines) {
            run(FuzzedPipeline.of(pipeline, System.currentTimeMillis()), table);
        }
        System.out.println(
                failed == 0 ? "nothing stopped, nothing is lost" : "SOMETHING STOPPED OR IS LOST");
        return failed == 0 ? 0 : 1;
    }

    private void run(FuzzedPipeline<?> fuzzed, Table table) throws IOException {
        Path folder = Files.createTempDirectory("freshet-fuzzed");
        Map<String, String> options = fuzzed.options();
        options.put("restart-strategy.type", "none");
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
            var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            String observations = observationsTopic(fuzzed);
            // What is sound has a partition of its own: a wild event time is its partition's
            // matter.
            kafka.createTopics(
                    List.of(new NewTopic(observations, Optional.of(2), Optional.empty())));
            try (var run = new PipelineRun(broker, "fuzzed", folder, options)) {
                var sent = new Sent(run, fuzzed, records / pipelines.size(), seed);
                sent.publish();
                long begun = System.nanoTime();
                run.start(StreamJob.Branches.BOTH);
                int answers = fuzzed.answers(sent.sound);
                int answered =
                        await(
                                run,
                                FreshetOptions.predictionsTopic(run.config()),
                                answers,
                                FuzzedStreamBenchmark::soundOnes,
                                count -> count == answers);
                Map<Long, Integer> letters =
                        await(
                                run,
                                run.config().get(FreshetOptions.DEAD_LETTERS_TOPIC),
                                sent.refusedCount,
                                FuzzedStreamBenchmark::letters,
                                all -> sent.found(all) == sent.refusedCount);
                int found = sent.found(letters);
                double seconds = (System.nanoTime() - begun) / 1e9;
                table.row(
                        "%s | %,d | %,d | %,d | %,d | %,d | %,d of %,d | %,.0f",
                        fuzzed.pipeline().name().toLowerCase(Locale.ROOT),
                        sent.fuzzed,
                        sent.observations,
                        sent.refusedCount,
                        found,
                        letters.values().stream().mapToInt(n -> n).sum(),
                        answered,
                        answers,
                        sent.fuzzed / seconds);
                failed += found == sent.refusedCount && answered == answers ? 0 : 1;
            }
        }
    }

    private static String observationsTopic(FuzzedPipeline<?> fuzzed) {
        return "fuzzed."
                + FreshetOptions.observationsTopic(Configuration.fromMap(fuzzed.options()));
    }

    /**
     * Reads a topic that has grown, until what is in it is enough or it has stood still for long.
     *
     * @param least records without which it cannot be enough
     */
    private static <T> T await(
            PipelineRun run,
            String topic,
            int least,
            Function<PipelineRun, T> read,
            Predicate<T> isEnough) {
        long seen = 0;
        T found = read.apply(run);
        for (int still = 0; !isEnough.test(found) && still < PATIENCE_LOOKS; still++) {
            pause();
            long written = run.kafka().written(topic);
            if (written > seen) {
                still = 0;
                seen = written;
                found = written < least ? found : read.apply(run);
            }
        }
        return found;
    }

    private static int soundOnes(PipelineRun run) {
        int[] count = new int[1];
        new TopicReader(run.kafka(), FreshetOptions.predictionsTopic(run.config()))
                .toTheEnd(
                        record -> {
                            count[0] += isSound(record) ? 1 : 0;
                            return true;
                        });
        return count[0];
    }

    private static boolean isSound(ConsumerRecord<byte[], byte[]> answer) {
        return new String(answer.key(), StandardCharsets.UTF_8).contains("good");
    }

    private static Map<Long, Integer> letters(PipelineRun run) {
        Map<Long, Integer> letters = new HashMap<>();
        new TopicReader(run.kafka(), run.config().get(FreshetOptions.DEAD_LETTERS_TOPIC))
                .toTheEnd(
                        record -> {
                            letters.merge(checksum(record.value()), 1, Integer::sum);
                            return true;
                        });
        return letters;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Of a value; length and checksum together. */
    private static long checksum(byte[] value) {
        if (value == null) {
            return -1;
        }
        var checksum = new CRC32();
        checksum.update(value);
        return (long) value.length << 32 | checksum.getValue();
    }

    /** What is written for one pipeline, and what must come of it. */
    private static final class Sent {
        private final PipelineRun run;
        private final FuzzedPipeline<?> pipeline;
        private final int fuzzed;
        private final SplittableRandom random;
        private final Map<Long, Integer> refused = new TreeMap<>();
        private int observations;
        private int refusedCount;
        private int sound;

        Sent(PipelineRun run, FuzzedPipeline<?> pipeline, int fuzzed, long seed) {
            this.run = run;
            this.pipeline = pipeline;
            this.fuzzed = fuzzed;
            this.random = new SplittableRandom(seed);
        }

        void publish() {
            Configuration config = run.config();
            RecordDecoder<?> decoder = pipeline.settings(config).decoder();
            String topic = FreshetOptions.observationsTopic(config);
            RecordFuzzer<?> fuzzer = pipeline.fuzzer(random);
            List<String> others =
                    List.of(
                            config.get(ImageOptions.LABELS_TOPIC),
                            config.get(FreshetOptions.MODELS_TOPIC),
                            config.get(FreshetOptions.CONTROL_TOPIC),
                            config.get(FreshetOptions.TELEMETRY_TOPIC));
            List<RecordFuzzer<?>> fuzzers = List.of(labels(), chunks(), commands(), telemetry());
            try (KafkaProducer<byte[], byte[]> producer = run.kafka().producer()) {
                for (int i = 0; i < fuzzed; i++) {
                    int other = i % 10 - 6; // four of ten elsewhere
                    if (other >= 0 && (other > 0 || isImages())) {
                        byte[] key = ("fuzzed-" + i).getBytes(StandardCharsets.UTF_8);
                        send(producer, others.get(other), 0, key, fuzzers.get(other).next());
                        continue;
                    }
                    byte[] value = fuzzer.next();
                    send(producer, topic, 1, null, value);
                    expect(decoder, topic, value);
                    if (observations++ % OBSERVATIONS_A_SOUND_ONE == 0) {
                        byte[] good = pipeline.soundBytes(sound++);
                        send(producer, topic, 0, null, good);
                    }
                }
                producer.flush();
            }
        }

        private boolean isImages() {
            return pipeline.pipeline() == Pipeline.IMAGES;
        }

        private static void send(
                KafkaProducer<byte[], byte[]> producer,
                String topic,
                int partition,
                byte[] key,
                byte[] value) {
            var unused = producer.send(new ProducerRecord<>(topic, partition, key, value));
        }

        private void expect(RecordDecoder<?> decoder, String topic, byte[] value) {
            long now =
                    System.currentTimeMillis(); // about the log's timestamp; extremes are far off
            InRecord decoded =
                    decoder.decode(topic, 1, 0, now, null, value, new String[0], new byte[0][]);
            if (!decoded.isValid()) {
                refused.merge(checksum(value), 1, Integer::sum);
                refusedCount++;
            }
        }

        /** How many of those refused are among the dead letters. */
        int found(Map<Long, Integer> letters) {
            return refused.entrySet().stream()
                    .mapToInt(
                            one -> Math.min(one.getValue(), letters.getOrDefault(one.getKey(), 0)))
                    .sum();
        }

        private RecordFuzzer<?> labels() {
            return fuzzer(Label.class, new Label("xxxxxxxxxxxx/0", 1, 1L));
        }

        private RecordFuzzer<?> chunks() {
            return fuzzer(
                    ModelChunk.class,
                    new ModelChunk("xxxxxxxxxxxx", 1L, 0, 0, 1L, ByteBuffer.wrap(new byte[50])));
        }

        private RecordFuzzer<?> commands() {
            return fuzzer(
                    ControlCommand.class,
                    new ControlCommand(
                            "xxxxxxxxxxxx", "xxxxxxxxxxxx", "freeze", Map.of(), 1L, "x", false));
        }

        private RecordFuzzer<?> telemetry() {
            return fuzzer(
                    Telemetry.class,
                    new Telemetry(
                            "xxxxxxxxxxxx",
                            "learner",
                            1L,
                            1L,
                            List.of(new Measurement("loss", -1, -1, 1L, 1.0, 1.0, 1.0)),
                            List.of(),
                            0));
        }

        private <T extends SpecificRecordBase> RecordFuzzer<T> fuzzer(Class<T> type, T base) {
            return new RecordFuzzer<>(type, base, random);
        }
    }
}
