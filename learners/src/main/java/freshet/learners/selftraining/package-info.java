/**
 * Classifiers that follow a drift without labels, by teaching themselves: GIFT (Abnar et al.,
 * "Gradual Domain Adaptation in the Wild: When Intermediate Distributions are Absent",
 * arXiv:2106.06080) and, as settings of the same steps, iterative self-training with and without
 * balanced classes.
 *
 * <p>Read {@link freshet.learners.selftraining.SelfTrainingConfig} (settings and methods), {@link
 * freshet.learners.selftraining.LayeredNetwork} (what learns), then the step in its order: {@link
 * freshet.learners.selftraining.Reservoir} (source examples), {@link
 * freshet.learners.selftraining.Alignment}, {@link freshet.learners.selftraining.Interpolation},
 * {@link freshet.learners.selftraining.Confidence}, {@code Lessons} (what a target batch teaches),
 * {@code Teacher} and {@code Student} (the two models), {@link
 * freshet.learners.selftraining.ClassifierProgram} (forward and loss), {@link
 * freshet.learners.selftraining.SelfTrainingLearner} (step and snapshot), {@link
 * freshet.learners.selftraining.DriftWatch} (when to start anew). {@link
 * freshet.learners.selftraining.Classifier} serves what it publishes.
 */
package freshet.learners.selftraining;
