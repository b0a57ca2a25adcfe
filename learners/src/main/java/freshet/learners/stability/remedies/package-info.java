/**
 * What is done about an alarm: remedies that are lines of YAML, one step after another until the
 * incident is over.
 */
package freshet.learners.stability.remedies;
