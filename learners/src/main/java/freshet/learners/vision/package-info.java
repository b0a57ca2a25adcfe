/**
 * Pictures: where they come from, how a stream of them drifts, and the network that reads them.
 *
 * <p>Read {@link freshet.learners.vision.LabelledImages} (8-bit grey pictures of one size), {@link
 * freshet.learners.vision.FashionMnist} (those that come along), {@link
 * freshet.learners.vision.Distortion} and {@link freshet.learners.vision.DriftSchedule} (how they
 * change), {@link freshet.learners.vision.DriftSource} (the stream), {@link
 * freshet.learners.vision.ConvolutionalNetwork} (what learns from it). Pictures of others come in
 * through {@link freshet.learners.vision.ImageDecoder} and {@link
 * freshet.learners.vision.ImageForm}.
 */
package freshet.learners.vision;
