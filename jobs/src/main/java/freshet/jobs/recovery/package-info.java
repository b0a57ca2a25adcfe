/**
 * Shows that recovery is bit-identical: runs the whole text pipeline in this process, breaks it at
 * a chosen record or barrier, and compares everything that came out with an undisturbed run.
 */
package freshet.jobs.recovery;
