/**
 * Subcommands of {@code freshet} that only talk to Kafka: what goes in ({@link
 * freshet.jobs.commands.PublishCommand}) and what came out ({@link
 * freshet.jobs.commands.TailCommand}, {@link freshet.jobs.commands.ModelsCommand}).
 */
package freshet.jobs.commands;
