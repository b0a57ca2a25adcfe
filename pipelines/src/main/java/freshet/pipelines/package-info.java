/**
 * How steps connect: the one place for topics, watermarks, parallelism and delivery guarantees.
 *
 * <p>Read {@link freshet.pipelines.TextPipeline} (streams in, streams out; knows no topic), {@link
 * freshet.pipelines.KafkaEndpoints} (the ends), {@link freshet.pipelines.FreshetOptions} and {@link
 * freshet.pipelines.TextSettings} (options and their checks).
 */
package freshet.pipelines;
