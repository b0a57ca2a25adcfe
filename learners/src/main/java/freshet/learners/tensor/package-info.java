/**
 * What a model may compute with: an operation vocabulary that every engine implements, and the seam
 * through which an engine is found.
 *
 * <p>A model is a {@link freshet.learners.tensor.Program}: a pure function from named parameters
 * and inputs to named outputs, generic in the tensor type {@code T}. An eager engine runs it at
 * every step; a graph engine runs it once per shape and replays the graph. So a program must not
 * branch on values, only on shapes, and must not keep tensors.
 *
 * <p>Read {@link freshet.learners.tensor.Ops}, {@link freshet.learners.tensor.Program}, {@link
 * freshet.learners.tensor.Session}, {@link freshet.learners.tensor.TensorEngine}.
 */
package freshet.learners.tensor;
