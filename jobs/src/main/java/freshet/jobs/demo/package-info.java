/**
 * {@code freshet demo}: broker, stream, job and what is shown of them in one process.
 *
 * <p>Read {@link freshet.jobs.demo.Demo} (the course of it), then along the stream: {@link
 * freshet.jobs.demo.Corpus} and {@link freshet.jobs.demo.Feeder} (what goes in, and when), {@link
 * freshet.jobs.demo.DemoReader} and {@link freshet.jobs.demo.StreamMeter} (what came out), {@link
 * freshet.jobs.demo.LiveLine} and {@link freshet.jobs.demo.Summary} (how it is shown).
 */
package freshet.jobs.demo;
