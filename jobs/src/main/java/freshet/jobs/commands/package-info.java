/**
 * Subcommands of {@code freshet}, one class each: the whole path on sample data ({@link
 * freshet.jobs.commands.DemoCommand}) or on the user's Kafka ({@link
 * freshet.jobs.commands.RunCommand}), what goes in ({@link freshet.jobs.commands.PublishCommand})
 * and what came out ({@link freshet.jobs.commands.TailCommand}, {@link
 * freshet.jobs.commands.ModelsCommand}).
 */
package freshet.jobs.commands;
