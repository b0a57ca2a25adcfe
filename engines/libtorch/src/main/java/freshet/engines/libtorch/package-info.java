/**
 * The libtorch tensor engine, through the JavaCPP presets: eager operations with reverse-mode
 * gradients.
 *
 * <p>Read {@link freshet.engines.libtorch.LibtorchEngine}, then {@link
 * freshet.engines.libtorch.LibtorchSession} (who owns which memory) and {@link
 * freshet.engines.libtorch.LibtorchOps}.
 */
package freshet.engines.libtorch;
