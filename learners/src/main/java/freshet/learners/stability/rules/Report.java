package freshet.learners.stability.rules;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import java.util.List;

/**
 * What a part of the pipeline measured of itself at one moment.
 *
 * @param part {@code learner}, {@code publication}, ...; of many of a kind {@code kind:NAME}
 * @param number grows with each report of a part: the learner's update, the published version
 * @param eventTimeMillis of the data it was measured on, milliseconds since 1970
 * @param points what was measured; those with count 0 say nothing
 * @param records what the measured update learned; none if there was no update
 */
public record Report(
        String part,
        long number,
        long eventTimeMillis,
        List<Measurement> points,
        LearnedRecords records) {

    /** Of something that learned nothing. */
    public Report(String part, long number, long eventTimeMillis, List<Measurement> points) {
        this(part, number, eventTimeMillis, points, LearnedRecords.NONE);
    }
}
