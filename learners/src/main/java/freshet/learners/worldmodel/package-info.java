/**
 * A world model that learns from what robots see and do, and a policy on its state: CoRe
 * (arXiv:2112.01163).
 *
 * <p>Read in this order: {@link freshet.learners.worldmodel.WorldModelConfig} and {@link
 * freshet.learners.worldmodel.WorldModelLearningConfig} (sizes and rates), {@link
 * freshet.learners.worldmodel.ObservationEncoder}, {@link freshet.learners.worldmodel.LatentState}
 * and {@link freshet.learners.worldmodel.WorldModel} (forward and losses), {@link
 * freshet.learners.worldmodel.TanhPolicy} and {@link freshet.learners.worldmodel.SoftActorCritic}
 * (behaviour), {@link freshet.learners.worldmodel.LearningProgram} (which loss reaches what),
 * {@link freshet.learners.worldmodel.Replay} and {@link freshet.learners.worldmodel.StreamWindows}
 * (which sequences), {@link freshet.learners.worldmodel.WorldModelUpdate} and {@link
 * freshet.learners.worldmodel.WorldModelLearner} (step and snapshot), {@link
 * freshet.learners.worldmodel.WorldModelActor} (serving) and {@link
 * freshet.learners.worldmodel.FramePredictor} (what was expected, shown).
 *
 * <p>Shape letters: {@code T} steps, {@code B} sequences, {@code F} features, {@code A} dimensions
 * of an action, {@code Z} of the drawn latent, {@code H} of the recurrent state, {@code P} numbers
 * that a robot feels, {@code R} robots of one pass. Rows of a batch are step-major: row {@code t B
 * + b} is step t of sequence b.
 */
package freshet.learners.worldmodel;
