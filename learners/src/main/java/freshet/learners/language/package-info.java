/**
 * A causal transformer that learns a text token by token, scored before it learns.
 *
 * <p>Read {@link freshet.learners.language.LanguageModelConfig} (sizes), {@link
 * freshet.learners.language.TransformerProgram} (forward and loss), {@link
 * freshet.learners.language.LanguageLearner} (step and snapshot), {@link
 * freshet.learners.language.LanguageModel} (serving). {@link freshet.learners.language.Windows} says
 * how tokens become fixed-shape windows for both.
 */
package freshet.learners.language;
