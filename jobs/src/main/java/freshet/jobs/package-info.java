/**
 * What is deployed. Start at {@link freshet.jobs.Freshet}, the command; its subcommands are in
 * {@code commands}, the demo in {@code demo}, pictures in {@code plot} and {@code graph}. {@link
 * freshet.jobs.Settings} reads options, {@link freshet.jobs.StreamJob} wires the pipeline, {@link
 * freshet.jobs.LocalJob} runs it in this process, {@link freshet.jobs.EmbeddedKafka} is a broker in
 * it.
 */
package freshet.jobs;
