/**
 * Models that learn from a stream, as plain Java over a small tensor vocabulary: no Flink, Kafka or
 * Avro type may appear here, and no model names an engine.
 *
 * <p>Read in this order: {@link freshet.learners.OnlineLearner} (the contract), {@link
 * freshet.learners.tensor} (what a model may compute with), then one package per model: {@code
 * language} (the transformer), {@code memory} (what is remembered word for word), {@code
 * selftraining} (classifiers that follow a drift without labels), {@code vision} (pictures), {@code
 * worldmodel} (robots), {@code stability} (probes, drift detectors), {@code scoring} (predictions
 * before they are learned). Inside a model package the files follow the calculation: {@code Config}
 * (sizes and rates), forward, loss, learner (step and snapshot).
 *
 * <p>Shape letters used throughout: {@code B} batch, {@code T} time steps, {@code D} feature width,
 * {@code V} classes (vocabulary), {@code K} neighbours, {@code H} heads.
 */
package freshet.learners;
