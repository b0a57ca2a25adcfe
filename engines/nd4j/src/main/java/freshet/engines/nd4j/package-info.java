/**
 * The ND4J tensor engine: programs are recorded once per shape as graphs of ND4J operations, with
 * their gradients, and run again and again over memory that was laid out beforehand.
 *
 * <p>SameDiff, ND4J's own graphs, is not used: several of its gradients are wrong or missing, and
 * it allocates and frees every intermediate at every step. See docs/decisions/0021-nd4j-engine.md.
 *
 * <p>Read {@link freshet.engines.nd4j.Node} and {@link freshet.engines.nd4j.Graph} (what is
 * recorded), {@link freshet.engines.nd4j.Nd4jOps} (the vocabulary and its gradients), {@link
 * freshet.engines.nd4j.Gradients}, {@link freshet.engines.nd4j.Plan} (memory and order), then
 * {@link freshet.engines.nd4j.Nd4jSession}.
 */
package freshet.engines.nd4j;
