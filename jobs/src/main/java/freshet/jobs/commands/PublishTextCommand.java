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
    @Mixin private SourceOptions source;

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = "Files, or folders whose files are all sent, by name.")
    private List<Path> paths;

    @Option(
            names = "--record-bytes",
            defaultValue = "1024",
            paramLabel = "N",
            description = "Longest record, 4 to 1000000 bytes; default ${DEFAULT-VALUE}.")
    private int recordBytes;

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
        long first =
                source.firstSequence(
                        topic, TextPublisher.lastSequence(kafka, topic, source.name()));
        long total = 0;
        for (Path file : files) {
            total += InputFiles.size(file);
        }
        var progress = ProgressLine.on(spec.commandLine().getErr(), total);
        try (var publisher = new TextPublisher(kafka, topic, source.name(), first)) {
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
                            source.name(),
                            first,
                            publisher.nextSequence() - 1,
                            topic,
                            kafka.servers());
        }
    }

    private void checkArguments() {
        source.check(MAX_SOURCE_CHARACTERS);
        if (recordBytes < TextSplitter.MIN_BYTES || recordBytes > MAX_RECORD_BYTES) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--record-bytes is %d, must be from %d to %d"
                            .formatted(recordBytes, TextSplitter.MIN_BYTES, MAX_RECORD_BYTES));
        }
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
                publisher.send(text, source.eventTimeOf(index));
                sent += text.length;
                progress.at(sent, index + 1);
            }
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
        return sent;
    }
}
