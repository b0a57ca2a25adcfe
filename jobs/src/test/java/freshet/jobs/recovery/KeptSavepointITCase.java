package freshet.jobs.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.SeparateProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A savepoint that an older commit took in the middle of a stream: today's code goes on from it and
 * ends with the bytes that it comes to by itself. {@link #main} makes one: run it at the commit
 * whose savepoint is to be kept, before its state is given another format. Robots' is left out:
 * their replay makes it 3 MB; what is in it is tested by kept snapshots of their learner.
 */
class KeptSavepointITCase {

    private static final String COMMIT = "8605df4";
    private static final int RECORDS = 120;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @ParameterizedTest
    @EnumSource(names = {"texts", "images"})
    void goesOnFromASavepointOfAnOlderCommit(Kind kind, @TempDir Path folder) throws IOException {
        unpack(kind, folder.resolve("kept").resolve("savepoints").resolve("savepoint-" + COMMIT));
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
            var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            RealStream stream = RealStream.of(kind);
            stream.publish(kafka, "stream", 1, RECORDS, 1);
            RunOutputs undisturbed = run(kind, kafka, folder, "anew");
            RunOutputs continued = run(kind, kafka, folder, "kept");
            assertThat(continued.learnerHash()).isEqualTo(undisturbed.learnerHash());
            // It answers what the older commit had not, as today's code does.
            assertThat(continued.predictions()).isNotEmpty();
            assertThat(continued.predictions().size()).isLessThan(undisturbed.predictions().size());
            assertThat(undisturbed.predictions().keySet())
                    .containsAll(continued.predictions().keySet());
        }
    }

    private static RunOutputs run(Kind kind, KafkaAccess kafka, Path folder, String name) {
        RealStream stream = RealStream.of(kind);
        RunTopics topics = RunTopics.of(name);
        try (SeparateJob job =
                new SeparateJob(folder.resolve(name), settings(kind, kafka, name), "both")) {
            job.start();
            RunOutputs outputs;
            do {
                job.mustBeAlive();
                outputs =
                        job.checkpoints() == 0
                                ? null
                                : RunOutputs.read(kafka, topics, stream, true);
            } while (outputs == null || outputs.learnerHash() == null);
            return outputs;
        }
    }

    private static Map<String, String> settings(Kind kind, KafkaAccess kafka, String name) {
        var where = new RealRun.Case(1, 1, true, RealRun.Fault.NONE);
        Map<String, String> settings = RealRun.settings(kafka, name, where);
        settings.putAll(RealStream.of(kind).settings("stream"));
        RunTopics.of(name).into(settings);
        // Of a transaction that a savepoint has prepared only the broker that it was in can be
        // asked.
        settings.put("delivery.models", "at-least-once");
        settings.put("delivery.others", "at-least-once");
        // Small enough to be kept.
        settings.put("control.versions-kept", "1");
        if (kind == Kind.texts) {
            settings.put("model.width", "8");
            settings.put("model.layers", "1");
            settings.put("memory.capacity", "64");
            settings.put("memory.context-slots-log2", "10");
        }
        return settings;
    }

    private static void unpack(Kind kind, Path into) throws IOException {
        Files.createDirectories(into);
        try (InputStream kept =
                        KeptSavepointITCase.class.getResourceAsStream(
                                "savepoint-%s-%s.zip".formatted(kind, COMMIT));
                var zip = new ZipInputStream(kept)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Files.write(into.resolve(entry.getName()), zip.readAllBytes());
            }
        }
    }

    /** Writes a savepoint of a stream half way: kind, file. */
    public static void main(String[] args) throws IOException {
        Kind kind = Kind.valueOf(args[0]);
        Path folder = Files.createTempDirectory("freshet-savepoint");
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
            var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
            RealStream.of(kind).publish(kafka, "stream", 1, RECORDS, 1);
            List<String> command = new ArrayList<>();
            command.addAll(List.of("run", "--folder", folder.resolve("run").toString()));
            settings(kind, kafka, "kept")
                    .forEach((key, value) -> command.add("-D" + key + "=" + value));
            try (var job =
                    SeparateProcess.start(
                            SeparateProcess.FLINK_OPENS, command, folder.resolve("output"))) {
                long answers = 0;
                while (answers < RECORDS / 3) {
                    if (!job.isAlive()) {
                        throw new IllegalStateException(Files.readString(job.output()));
                    }
                    try {
                        answers = kafka.written("kept.predictions");
                    } catch (freshet.jobs.CommandFailure e) {
                        answers = 0; // it has not made its topics yet
                    }
                }
                job.stop(PATIENCE);
            }
        }
        Path savepoints = folder.resolve("run").resolve("savepoints");
        try (var found = Files.list(savepoints);
                var zip = new ZipOutputStream(Files.newOutputStream(Path.of(args[1])))) {
            Path savepoint = found.findFirst().orElseThrow();
            try (var files = Files.list(savepoint)) {
                for (Path file : files.sorted().toList()) {
                    zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
                    zip.write(Files.readAllBytes(file));
                }
            }
        }
    }
}
