/**
 * Simulated robots as clients of their own: {@link freshet.jobs.robots.RobotLoop} moves them in
 * time and knows the model by its records alone. {@link freshet.jobs.robots.ModelRecords} and
 * {@link freshet.jobs.robots.SpreadFrames} are for those who show what a model expected to see.
 */
package freshet.jobs.robots;
