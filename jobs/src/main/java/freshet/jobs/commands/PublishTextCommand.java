package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.pipelines.FreshetOptions;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet publish text}: text files into the text topic, cut at line ends. */
@Command(
        name = "text",
        description =
                "Sends text files (UTF-8) into the text topic, cut into records at line ends.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet publish text book.txt --source book",
            "  freshet publish text logs/ --source logs --resume --bootstrap broker:9092",
            "  freshet publish text a.txt --source a --event-time 0 --event-time-step 1000"
        })
public final class PublishTextCommand implements Runnable {

    private static final int MAX_RECORD_BYTES = 1_000_000;
    private static final int MAX_SOURCE_CHARACTERS = 256;

    @Spec private CommandSpec spec;
    @Mixin private SettingsOptions settings;

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = "Files, or folders whose files are all sent, by name.")
    private List<Path> paths;

    @Option(
            names = "--source",
            required = true,
            paramLabel = "NAME",
            description = "Stream the text belongs to, 1 to 256 characters.")
    private String source;

    @Option(
            names = "--record-bytes",
            defaultValue = "1024",
            paramLabel = "N",
            description = "Longest record, 4 to 1000000 bytes; default ${DEFAULT-VALUE}.")
    private int recordBytes;

    @Option(
            names = "--resume",
            description = "Number on after what the topic already holds of this source.")
    private boolean resume;

    @Option(
            names = "--event-time",
            paramLabel = "MILLIS",
            description = "Event time of the first record, since 1970 UTC; default: now, for each.")
    private Long eventTime;

    @Option(
            names = "--event-time-step",
            defaultValue = "1",
            paramLabel = "MILLIS",
            description =
                    "With --event-time: from one record to the next; default ${DEFAULT-VALUE}.")
    private long eventTimeStep;

    @Override
    public void run() {
        checkArguments();
        List<Path> files = TextFiles.list(paths);
        Configuration configuration = settings.read();
        int maxBytes = configuration.get(FreshetOptions.MAX_BYTES);
        if (recordBytes > maxBytes) {
            throw new CommandFailure(
                    "--record-bytes is %d, but %s refuses more than %d"
                            .formatted(recordBytes, FreshetOptions.MAX_BYTES.key(), maxBytes));
        }
        KafkaAccess kafka = SettingsOptions.kafka(configuration);
        String topic = configuration.get(FreshetOptions.TEXT_TOPIC);
        long first = 1 + TextPublisher.lastSequence(kafka, topic, source);
        if (first > 0 && !resume) {
            throw new CommandFailure(
                    "topic %s already holds %s up to sequence %d: --resume numbers on, or take"
                                    .formatted(topic, source, first - 1)
                            + " another --source");
        }
        long total = TextFiles.totalBytes(files);
        var progress =
                new ProgressLine(
                        spec.commandLine().getErr(),
                        System.console() != null,
                        System::nanoTime,
                        total);
        try (var publisher = new TextPublisher(kafka, topic, source, first)) {
            long sent = 0;
            for (Path file : files) {
                sent = send(file, publisher, first, sent, progress);
            }
            publisher.flush();
            progress.end(sent, publisher.nextSequence() - first);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%,d records of %s, sequence %d to %d, in topic %s at %s%n",
                            publisher.nextSequence() - first,
                            source,
                            first,
                            publisher.nextSequence() - 1,
                            topic,
                            kafka.servers());
        }
    }

    private void checkArguments() {
        if (source.isEmpty() || source.length() > MAX_SOURCE_CHARACTERS) {
            throw misuse("--source must have 1 to %d characters".formatted(MAX_SOURCE_CHARACTERS));
        }
        if (recordBytes < TextSplitter.MIN_BYTES || recordBytes > MAX_RECORD_BYTES) {
            throw misuse(
                    "--record-bytes is %d, must be from %d to %d"
                            .formatted(recordBytes, TextSplitter.MIN_BYTES, MAX_RECORD_BYTES));
        }
        if (eventTime != null && eventTime < 0) {
            throw misuse("--event-time is %d, must not be negative".formatted(eventTime));
        }
        if (eventTimeStep < 0) {
            throw misuse("--event-time-step is %d, must not be negative".formatted(eventTimeStep));
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private long send(
            Path file,
            TextPublisher publisher,
            long first,
            long sentBefore,
            ProgressLine progress) {
        long sent = sentBefore;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (var pieces = new TextSplitter(in, recordBytes); pieces.hasNext(); ) {
                byte[] text = pieces.next();
                long index = publisher.nextSequence() - first;
                publisher.send(text, eventTimeOf(index));
                sent += text.length;
                progress.at(sent, index + 1);
            }
        } catch (IOException e) {
            throw new CommandFailure("%s cannot be read: %s".formatted(file, e), e);
        }
        return sent;
    }

    private long eventTimeOf(long index) {
        return eventTime == null
                ? System.currentTimeMillis()
                : Math.addExact(eventTime, Math.multiplyExact(index, eventTimeStep));
    }
}
