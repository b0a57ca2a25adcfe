package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of every command that sends records of one source: its name, numbers, event times. */
public final class SourceOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--source",
            required = true,
            paramLabel = "NAME",
            description = "Stream the records belong to, 1 to 256 characters; images: 236.")
    private String source;

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

    /**
     * @param mostCharacters that the name may have
     * @throws ParameterException naming the option, its value and the range
     */
    void check(int mostCharacters) {
        if (source.isEmpty() || source.length() > mostCharacters) {
            throw misuse(
                    "--source has %d characters, must have 1 to %d"
                            .formatted(source.length(), mostCharacters));
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

    String name() {
        return source;
    }

    /**
     * Number of the first record.
     *
     * @param lastSequence the highest that the topic holds of this source, or -1
     * @throws CommandFailure if the topic holds some and they are not to be numbered on
     */
    long firstSequence(String topic, long lastSequence) {
        long first = 1 + lastSequence;
        if (first > 0 && !resume) {
            throw new CommandFailure(
                    "topic %s already holds %s up to sequence %d: --resume numbers on, or take"
                                    .formatted(topic, source, first - 1)
                            + " another --source");
        }
        return first;
    }

    /**
     * @param index of the record among those that are sent, from 0
     */
    long eventTimeOf(long index) {
        return eventTime == null
                ? System.currentTimeMillis()
                : Math.addExact(eventTime, Math.multiplyExact(index, eventTimeStep));
    }
}
