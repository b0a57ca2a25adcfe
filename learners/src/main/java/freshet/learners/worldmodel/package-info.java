/**
 * A world model that learns from what robots see and do, and a policy on its state: CoRe
 * (arXiv:2112.01163).
 *
 * <p>Read losses and cells first: {@link freshet.learners.worldmodel.RecurrentCell}, {@link
 * freshet.learners.worldmodel.Gaussian}, {@link freshet.learners.worldmodel.ContrastiveLoss},
 * {@link freshet.learners.worldmodel.PredictionLosses}, {@link
 * freshet.learners.worldmodel.TanhPolicy}, {@link freshet.learners.worldmodel.SoftActorCritic}.
 *
 * <p>Shape letters: {@code T} steps, {@code B} sequences, {@code A} dimensions of an action, {@code
 * Z} of the drawn latent, {@code H} of the recurrent state. Rows of a batch are step-major: row
 * {@code t B + b} is step t of sequence b.
 */
package freshet.learners.worldmodel;
