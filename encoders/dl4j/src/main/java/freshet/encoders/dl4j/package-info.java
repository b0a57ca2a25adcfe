/**
 * Networks of Deeplearning4j and of Keras 2 as frozen encoders of images.
 *
 * <p>Read {@link freshet.encoders.dl4j.Dl4jEncoders} (what is offered), {@link
 * freshet.encoders.dl4j.NetworkFile} and {@link freshet.encoders.dl4j.KerasFile} (what is read),
 * {@link freshet.encoders.dl4j.Forward} (how it is run), then {@link
 * freshet.encoders.dl4j.FrozenNetwork}. See docs/decisions/0023-dl4j-encoders.md for what is worked
 * around.
 */
package freshet.encoders.dl4j;
