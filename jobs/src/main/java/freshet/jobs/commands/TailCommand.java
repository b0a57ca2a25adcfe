package freshet.jobs.commands;

import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import freshet.schemas.UndecodableRecordException;
import java.io.PrintWriter;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet tail}: what comes out, line by line. */
@Command(
        name = "tail",
        description = "Prints records as they come, one a line.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet tail predictions",
            "  freshet tail telemetry --from-beginning --until-end --json > telemetry.jsonl",
            "  freshet tail alerts --from-beginning",
            "  freshet tail deadletters --from-beginning --limit 20"
        })
public final class TailCommand implements Runnable {

    /** What can be looked at. */
    enum Stream {
        PREDICTIONS,
        TELEMETRY,
        ALERTS,
        DEADLETTERS
    }

    @Spec private CommandSpec spec;
    @Mixin private SettingsOptions settings;

    @Parameters(
            paramLabel = "STREAM",
            description = "predictions, telemetry, alerts or deadletters.")
    private Stream stream;

    @Option(names = "--json", description = "One JSON object a line, all fields.")
    private boolean json;

    @Option(
            names = "--from-beginning",
            description = "Start with the oldest record; default: with the next one.")
    private boolean fromBeginning;

    @Option(
            names = "--until-end",
            description = "With --from-beginning: stop at the end there is now.")
    private boolean untilEnd;

    @Option(names = "--limit", paramLabel = "N", description = "Stop after N records, from 1.")
    private Long limit;

    private long shown;

    @Override
    public void run() {
        if (limit != null && limit < 1) {
            throw misuse("--limit is %d, must be at least 1".formatted(limit));
        }
        if (untilEnd && !fromBeginning) {
            throw misuse("--until-end needs --from-beginning");
        }
        Configuration configuration = settings.read();
        var reader = new TopicReader(SettingsOptions.kafka(configuration), topic(configuration));
        RecordLines lines = lines(configuration);
        if (untilEnd) {
            reader.toTheEnd(record -> show(record, lines));
        } else {
            reader.follow(fromBeginning, record -> show(record, lines));
        }
    }

    private String topic(Configuration configuration) {
        return switch (stream) {
            case PREDICTIONS -> FreshetOptions.predictionsTopic(configuration);
            case TELEMETRY -> configuration.get(FreshetOptions.TELEMETRY_TOPIC);
            case ALERTS -> configuration.get(FreshetOptions.ALERTS_TOPIC);
            case DEADLETTERS -> configuration.get(FreshetOptions.DEAD_LETTERS_TOPIC);
        };
    }

    private RecordLines lines(Configuration configuration) {
        return switch (stream) {
            case PREDICTIONS ->
                    switch (configuration.get(FreshetOptions.PIPELINE)) {
                        case TEXT -> RecordLines.textPredictions();
                        case IMAGES -> RecordLines.imagePredictions();
                        case ROBOTS -> RecordLines.actions();
                    };
            case TELEMETRY -> RecordLines.telemetry();
            case ALERTS -> RecordLines.alerts();
            case DEADLETTERS -> RecordLines.deadLetters();
        };
    }

    private boolean show(ConsumerRecord<byte[], byte[]> record, RecordLines lines) {
        PrintWriter out = spec.commandLine().getOut();
        try {
            out.println(lines.line(record, json));
        } catch (UndecodableRecordException e) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "freshet: %s partition %d offset %d: %s%n",
                            record.topic(), record.partition(), record.offset(), e.getMessage());
        }
        out.flush();
        shown++;
        // A closed pipe (tail ... | head) shows only here.
        return !out.checkError() && (limit == null || shown < limit);
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
