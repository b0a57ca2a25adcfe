package freshet.learners.selftraining;

import freshet.learners.tensor.Inputs;

/**
 * What a target batch teaches.
 *
 * @param pseudo what the teacher says of the batch
 * @param weights {@code [S]} of the target in each pair with a source example
 * @param inputs what the student sees, of those pairs that the teacher is surest of
 * @param labels {@code [kept, C]} what it is to say of them
 */
record Lesson(PseudoLabels pseudo, double[] weights, Inputs inputs, float[] labels) {}
