/**
 * {@code freshet demo robot}: robots in a process of their own learn through Kafka and Flink while
 * one watches.
 *
 * <p>{@link freshet.jobs.demo.robots.RobotDemo} runs it; what it shows comes from topics ({@link
 * freshet.jobs.demo.robots.RobotMeter}, {@link freshet.jobs.demo.robots.KeptEpisodes}) and from the
 * files that the robots write ({@link freshet.jobs.demo.robots.RobotFiles}).
 */
package freshet.jobs.demo.robots;
