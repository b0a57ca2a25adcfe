/**
 * What is deployed. Start at {@link freshet.jobs.Freshet}, the command; its subcommands that only
 * talk to Kafka are in {@code commands}, pictures in {@code plot}. {@link freshet.jobs.Settings}
 * reads options, {@link freshet.jobs.EmbeddedKafka} is a broker in this process.
 */
package freshet.jobs;
