/**
 * Simulated robots as clients of their own: {@link freshet.jobs.robots.RobotLoop} moves them in
 * time and knows the model by its records alone.
 */
package freshet.jobs.robots;
