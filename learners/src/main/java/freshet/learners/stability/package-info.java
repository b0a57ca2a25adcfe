/**
 * Probes of a learner's health, as pure functions: they read and never change what is learned.
 *
 * <p>Read {@link freshet.learners.stability.AttentionEntropy} (how spread attention is, and how low
 * it can fall), {@link freshet.learners.stability.PowerIteration} (spectral norms of weights),
 * {@link freshet.learners.stability.NeuralCollapse} (features that fall together by class), {@link
 * freshet.learners.stability.Summary} (sums, counts and extremes that merge exactly). {@link
 * freshet.learners.stability.AttentionRollout} and {@link freshet.learners.stability.AttentionFlow}
 * say which input tokens an output token draws on.
 *
 * <p>{@link freshet.learners.stability.DriftDetector} has state: it watches one series of numbers
 * for a change ({@code Adwin}, {@code PageHinkley}, {@code Kswin}, {@code Ddm}).
 *
 * <p>Source: Zhai et al., "Stabilizing Transformer Training by Preventing Attention Entropy
 * Collapse", ICML 2023 (arXiv:2303.06296).
 */
package freshet.learners.stability;
