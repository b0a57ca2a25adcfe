package freshet.learners.stability.rules;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import java.util.List;

/**
 * An incident opens or is over.
 *
 * @param dedupeKey rule/model[/part][/layer[/head]]: one incident at a time has it
 * @param resolved true: it is over
 * @param modelVersion newest version when the rule fired; the update if none was reported yet
 * @param lastGoodVersion newest version after which for 20 updates nothing urgent was open; -1:
 *     unknown
 * @param eventTimeMillis of the report that fired it, milliseconds since 1970
 * @param part whose report fired it
 * @param number of that report
 * @param message what is wrong, with the figures and the limits
 * @param evidence the points that fired it
 * @param records what the measured update learned; if none was, the newest update known
 */
public record Alarm(
        String dedupeKey,
        String rule,
        Severity severity,
        boolean resolved,
        String modelName,
        long modelVersion,
        long lastGoodVersion,
        long eventTimeMillis,
        String part,
        long number,
        String message,
        List<Measurement> evidence,
        LearnedRecords records) {}
