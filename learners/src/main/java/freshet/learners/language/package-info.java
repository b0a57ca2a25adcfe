/**
 * A causal transformer that learns a text token by token, scored before it learns.
 *
 * <p>Read in this order: {@link freshet.learners.language.Tokenizer} (bytes to ids), {@link
 * freshet.learners.language.TextBatchCutter} (records to batches), {@link
 * freshet.learners.language.LanguageModelConfig} and {@link
 * freshet.learners.language.LearningConfig} (sizes and rates), {@link
 * freshet.learners.language.TransformerProgram} (forward and loss), {@link
 * freshet.learners.language.LanguageLearner} (step and snapshot), {@link
 * freshet.learners.language.LanguageModel} (serving).
 *
 * <p>One window is {@code W} positions: the start symbol, then the tokens that came before, oldest
 * first, then the new ones. A window near the start of a source is shorter and filled up on the
 * right, where causal attention cannot see the filling; filled positions weigh nothing in any mean.
 */
package freshet.learners.language;
