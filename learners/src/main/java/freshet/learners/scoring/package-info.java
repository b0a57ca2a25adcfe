/**
 * How well predictions came out, scored before they were learned from (Gama, Sebastião and
 * Rodrigues, "On evaluating stream learning algorithms", Machine Learning 2013): all records alike,
 * the newest of a window, or fading with age.
 *
 * <p>Read {@link freshet.learners.scoring.ClassTally} (what is counted), then {@link
 * freshet.learners.scoring.PrequentialScore} (over which records). {@link
 * freshet.learners.scoring.PairedTrial} compares two models on the same records.
 */
package freshet.learners.scoring;
