/**
 * Rules over telemetry, as plain Java: what is measured comes in, alarms come out. A rule is data
 * (a few lines of YAML) over a small set of kinds of conditions; docs/stability.md lists them.
 *
 * <p>Read {@link freshet.learners.stability.rules.Rule} (what a rule is), {@link
 * freshet.learners.stability.rules.Kind} and its records (what a condition asks of a series), then
 * {@link freshet.learners.stability.rules.Watch} (one model's reports in, its alarms out). {@link
 * freshet.learners.stability.rules.RuleSource} reads the rules and refuses bad ones with their
 * line.
 *
 * <p>Words: a <i>point</i> is one measurement; a <i>report</i> all points of one part of the
 * pipeline under one number, such as those of one update; a <i>series</i> the points of one name at
 * one place (layer and head), in the order of numbers; an <i>incident</i> lasts from the alarm that
 * opens it to the one that says it is over.
 */
package freshet.learners.stability.rules;
