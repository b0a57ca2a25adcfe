/**
 * {@code freshet demo images}: five models on one stream of pictures that drifts.
 *
 * <p>Read {@link freshet.jobs.demo.images.ImageDemo} (the course of it), then along the stream:
 * {@link freshet.jobs.demo.images.TurningClothes} and {@link freshet.jobs.demo.images.ImageFeeder}
 * (what goes in), {@link freshet.jobs.demo.images.ComparedModel} (what learns from it), {@link
 * freshet.jobs.demo.images.ImageReader} and {@link freshet.jobs.demo.images.ImageMeter} (what came
 * out), {@link freshet.jobs.demo.images.ImageResults} and {@link
 * freshet.jobs.demo.images.ExampleSheet} (how it is shown).
 */
package freshet.jobs.demo.images;
